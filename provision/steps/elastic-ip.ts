/** The elastic IP: the address from which the private subnets reach the internet. */
import { AllocateAddressCommand } from '@aws-sdk/client-ec2';
import { retag } from '../../lib/aws/retag.ts';
import { desiredTags, tagFields, toPascalCaseTags, type TagField } from '../../lib/derive/tags.ts';
import { createOnce } from '../../lib/engine/create-once.ts';
import type { Step } from '../../lib/engine/step.ts';
import { compare } from '../../lib/model/change.ts';
import { ONLY } from '../../lib/model/resources.ts';

export const elasticIp: Step<'elasticIp', TagField> = {
  diff: (desired, found) =>
    compare({
      noun: 'elasticIp',
      desired: new Map([[ONLY, desiredTags(desired, 'elasticIp', ONLY)]]),
      found: found.elasticIp,
      fieldsOf: ({ tags }) => tagFields(tags),
    }),

  /** AWS takes no client token here: the tags in the request identify the address. An address left behind costs money. */
  create: ({ aws, duplicateGuard, lookAgain, tags }) =>
    createOnce(duplicateGuard, lookAgain, async () => {
      const { AllocationId } = await aws.ec2Once(
        new AllocateAddressCommand({
          Domain: 'vpc',
          TagSpecifications: [{ ResourceType: 'elastic-ip', Tags: toPascalCaseTags(tags) }],
        }),
      );
      return AllocationId === undefined ? undefined : { allocationId: AllocationId };
    }),

  configure: (context, { allocationId }) => retag(context, allocationId),
};
