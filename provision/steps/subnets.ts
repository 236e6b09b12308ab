/** The subnets: in each zone a public one for the load balancer and a private one for the tasks. */
import { CreateSubnetCommand } from '@aws-sdk/client-ec2';
import { compare, knownAfter, type DesiredFields } from '../../lib/model/change.ts';
import { adopt } from '../../lib/engine/adopt.ts';
import { isCode } from '../../lib/aws/errors.ts';
import { subnetLayouts, assignZones } from '../../lib/derive/subnet-layout.ts';
import type { Survey } from '../../lib/look/found.ts';
import type { Desired } from '../../lib/look/context.ts';
import type { FoundSubnet } from '../../lib/look/subnets.ts';
import { inAnotherVpc } from '../../lib/look/vpc.ts';
import { only, type Ids } from '../../lib/model/resources.ts';
import { retag } from '../../lib/aws/retag.ts';
import type { ApplyContext, Step } from '../../lib/engine/step.ts';
import { tagFields, toPascalCaseTags, desiredTags } from '../../lib/derive/tags.ts';

interface Plan {
  readonly cidr: string;
  readonly zone: string;
}

/** Every subnet as it should be, by key. One that is there keeps its zone, and the other one of its number takes it. */
function plansOf({ config: { network } }: Desired, found: Survey): Map<string, Plan> {
  const plans = subnetLayouts(network);
  const held: (string | undefined)[] = [];
  for (const { key, zone } of plans) held[zone] ??= found.subnets.get(key)?.zone;
  const zones = assignZones(network.zones, held, found.zones);
  return new Map(
    plans.map(({ key, cidr, zone }) => [
      key,
      { cidr, zone: found.subnets.get(key)?.zone ?? zones[zone] ?? '' },
    ]),
  );
}

function desiredFields(desired: Desired, found: Survey): Map<string, DesiredFields> {
  const vpc = only(found.vpc)?.vpcId ?? knownAfter('vpc');
  return new Map(
    [...plansOf(desired, found)].map(([key, plan]) => [
      key,
      { vpc, ...plan, ...desiredTags(desired, 'subnets', key) },
    ]),
  );
}

export const subnets: Step<'subnets'> = {
  diff(desired, found) {
    const plans = plansOf(desired, found);
    const misfit = ({ cidr }: FoundSubnet, key: string): string | undefined =>
      cidr === plans.get(key)?.cidr
        ? undefined
        : `its block is ${cidr}, and the block of a subnet cannot change`;
    return compare({
      noun: 'subnets',
      desired: desiredFields(desired, found),
      found: found.subnets,
      fieldsOf: ({ vpcId, cidr, zone, tags }) => ({ vpc: vpcId, cidr, zone, ...tagFields(tags) }),
      cannotUpdate: (subnet, key) => inAnotherVpc(found)(subnet) ?? misfit(subnet, key),
    });
  },

  async apply(context) {
    if (!context.existing) return create(context);
    const { subnetId, zone } = context.existing;
    await retag(context, subnetId);
    return { subnetId, zone };
  },
};

/** The block is the natural key: a second create of the same block is refused, and then it is ours already. */
async function create(context: ApplyContext<'subnets'>): Promise<Ids['subnets']> {
  const { cidr, zone } = plansOf(context, context.found).get(context.change.key) ?? {};
  const VpcId = only(context.ids.vpc)?.vpcId;
  try {
    const { Subnet } = await context.aws.ec2(
      new CreateSubnetCommand({
        VpcId,
        CidrBlock: cidr,
        AvailabilityZone: zone,
        TagSpecifications: [{ ResourceType: 'subnet', Tags: toPascalCaseTags(context.tags) }],
      }),
    );
    return { subnetId: Subnet?.SubnetId ?? '', zone: Subnet?.AvailabilityZone ?? zone ?? '' };
  } catch (error) {
    if (!isCode(error, 'InvalidSubnet.Conflict')) throw error;
    const ours = await adopt(context, `the block ${cidr} of ${VpcId}`, error);
    return { subnetId: ours.subnetId, zone: ours.zone };
  }
}
