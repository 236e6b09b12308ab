/** The subnets: in each zone a public one for the load balancer and a private one for the tasks. */
import { CreateSubnetCommand } from '@aws-sdk/client-ec2';
import { compare, later, type WantedFields } from '../../lib/model/change.ts';
import { adopt } from '../../lib/engine/adopt.ts';
import { isCode } from '../../lib/aws/errors.ts';
import { subnetPlans, zoneNames } from '../../lib/derive/subnet-layout.ts';
import type { Survey } from '../../lib/look/found.ts';
import type { Want } from '../../lib/look/context.ts';
import type { FoundSubnet } from '../../lib/look/subnets.ts';
import { astray } from '../../lib/look/vpc.ts';
import { only, type Ids } from '../../lib/model/resources.ts';
import { retag } from '../../lib/aws/retag.ts';
import type { Act, Step } from '../../lib/engine/step.ts';
import { tagFields, upper, wantedTags } from '../../lib/derive/tags.ts';

interface Plan {
  readonly cidr: string;
  readonly zone: string;
}

/** Every subnet as it should be, by key. One that is there keeps its zone, and the other one of its number takes it. */
function plansOf({ config: { network } }: Want, found: Survey): Map<string, Plan> {
  const plans = subnetPlans(network);
  const held: (string | undefined)[] = [];
  for (const { key, zone } of plans) held[zone] ??= found.subnets.get(key)?.zone;
  const zones = zoneNames(network.zones, held, found.zones);
  return new Map(
    plans.map(({ key, cidr, zone }) => [
      key,
      { cidr, zone: found.subnets.get(key)?.zone ?? zones[zone] ?? '' },
    ]),
  );
}

function wanted(want: Want, found: Survey): Map<string, WantedFields> {
  const vpc = only(found.vpc)?.vpcId ?? later('vpc');
  return new Map(
    [...plansOf(want, found)].map(([key, plan]) => [
      key,
      { vpc, ...plan, ...wantedTags(want, 'subnets', key) },
    ]),
  );
}

export const subnets: Step<'subnets'> = {
  diff(want, found) {
    const plans = plansOf(want, found);
    const misfit = ({ cidr }: FoundSubnet, key: string): string | undefined =>
      cidr === plans.get(key)?.cidr
        ? undefined
        : `its block is ${cidr}, and the block of a subnet cannot change`;
    return compare({
      step: 'subnets',
      wanted: wanted(want, found),
      found: found.subnets,
      fieldsOf: ({ vpcId, cidr, zone, tags }) => ({ vpc: vpcId, cidr, zone, ...tagFields(tags) }),
      stuck: (subnet, key) => astray(found)(subnet) ?? misfit(subnet, key),
    });
  },

  async apply(act) {
    if (!act.item) return create(act);
    const { subnetId, zone } = act.item;
    await retag(act, subnetId);
    return { subnetId, zone };
  },
};

/** The block is the natural key: a second create of the same block is refused, and then it is ours already. */
async function create(act: Act<'subnets'>): Promise<Ids['subnets']> {
  const { cidr, zone } = plansOf(act, act.found).get(act.change.key) ?? {};
  const VpcId = only(act.made.vpc)?.vpcId;
  try {
    const { Subnet } = await act.aws.ec2(
      new CreateSubnetCommand({
        VpcId,
        CidrBlock: cidr,
        AvailabilityZone: zone,
        TagSpecifications: [{ ResourceType: 'subnet', Tags: upper(act.tags) }],
      }),
    );
    return { subnetId: Subnet?.SubnetId ?? '', zone: Subnet?.AvailabilityZone ?? zone ?? '' };
  } catch (error) {
    if (!isCode(error, 'InvalidSubnet.Conflict')) throw error;
    const ours = await adopt(act, `the block ${cidr} of ${VpcId}`, error);
    return { subnetId: ours.subnetId, zone: ours.zone };
  }
}
