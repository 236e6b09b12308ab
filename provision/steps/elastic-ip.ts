/** The elastic IP: the address under which the private subnets reach the internet. */
import { AllocateAddressCommand } from '@aws-sdk/client-ec2';
import { compare } from '../../lib/model/change.ts';
import { createOnce } from '../../lib/engine/create-once.ts';
import { ONLY } from '../../lib/model/resources.ts';
import { retag } from '../../lib/aws/retag.ts';
import type { Act, Step } from '../../lib/engine/step.ts';
import { tagFields, upper, wantedTags } from '../../lib/derive/tags.ts';

export const elasticIp: Step<'elasticIp'> = {
  diff: (want, found) =>
    compare({
      step: 'elasticIp',
      wanted: new Map([[ONLY, wantedTags(want, 'elasticIp', ONLY)]]),
      found: found.elasticIp,
      fieldsOf: ({ tags }) => tagFields(tags),
    }),

  async apply(act) {
    const allocationId = act.item?.allocationId ?? (await allocate(act));
    await retag(act, allocationId);
    return { allocationId };
  },
};

/** No client token, and an address that nobody remembers costs money: the tags in the call are how it is found again. */
const allocate = (act: Act<'elasticIp'>): Promise<string> =>
  createOnce(
    act.careful,
    async () => (await act.again())?.allocationId,
    async () => {
      const { AllocationId } = await act.aws.ec2Once(
        new AllocateAddressCommand({
          Domain: 'vpc',
          TagSpecifications: [{ ResourceType: 'elastic-ip', Tags: upper(act.tags) }],
        }),
      );
      return AllocationId;
    },
  );
