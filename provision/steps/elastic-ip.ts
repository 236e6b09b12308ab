/** The elastic IP: the address under which the private subnets reach the internet. */
import { AllocateAddressCommand } from '@aws-sdk/client-ec2';
import { compare } from '../../lib/model/change.ts';
import { createOnce } from '../../lib/engine/create-once.ts';
import { ONLY } from '../../lib/model/resources.ts';
import { retag } from '../../lib/aws/retag.ts';
import type { ApplyContext, Step } from '../../lib/engine/step.ts';
import { tagFields, toPascalCaseTags, desiredTags } from '../../lib/derive/tags.ts';

export const elasticIp: Step<'elasticIp'> = {
  diff: (desired, found) =>
    compare({
      noun: 'elasticIp',
      desired: new Map([[ONLY, desiredTags(desired, 'elasticIp', ONLY)]]),
      found: found.elasticIp,
      fieldsOf: ({ tags }) => tagFields(tags),
    }),

  async apply(context) {
    const allocationId = context.existing?.allocationId ?? (await allocate(context));
    await retag(context, allocationId);
    return { allocationId };
  },
};

/** No client token, and an address that nobody remembers costs money: the tags in the call are how it is found again. */
const allocate = (context: ApplyContext<'elasticIp'>): Promise<string> =>
  createOnce(
    context.duplicateGuard,
    async () => (await context.lookAgain())?.allocationId,
    async () => {
      const { AllocationId } = await context.aws.ec2Once(
        new AllocateAddressCommand({
          Domain: 'vpc',
          TagSpecifications: [{ ResourceType: 'elastic-ip', Tags: toPascalCaseTags(context.tags) }],
        }),
      );
      return AllocationId;
    },
  );
