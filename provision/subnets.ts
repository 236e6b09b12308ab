/** The subnets: in each zone a public one for the load balancer and a private one for the tasks. */
import { CreateSubnetCommand } from '@aws-sdk/client-ec2';
import { compare, later, type Fields } from '../lib/change.ts';
import { isCode } from '../lib/aws-error.ts';
import { subnetPlans } from '../lib/layout.ts';
import type { Survey } from '../lib/look/found.ts';
import type { Want } from '../lib/look/see.ts';
import { only } from '../lib/resources.ts';
import { retag } from '../lib/retag.ts';
import type { Act, Step } from '../lib/step.ts';
import { tagFields, tagsOf, upper } from '../lib/tags.ts';

/** A subnet that is there keeps its zone; a new one takes the zone of its number. */
const zoneOf = (found: Survey, key: string, number: number): string =>
  found.subnets.get(key)?.zone ?? found.zones[number] ?? '';

function wanted({ config, names }: Want, found: Survey): Map<string, Fields> {
  const vpc = only(found.vpc)?.vpcId ?? later('vpc');
  return new Map(
    subnetPlans(config.network).map(({ key, cidr, zone }) => [
      key,
      {
        vpc,
        cidr,
        zone: zoneOf(found, key, zone),
        ...tagFields(tagsOf(config, names.stack, 'subnets', key)),
      },
    ]),
  );
}

export const subnets: Step<'subnets'> = {
  diff: (want, found) =>
    compare({
      step: 'subnets',
      wanted: wanted(want, found),
      found: found.subnets,
      fieldsOf: ({ vpcId, cidr, zone, tags }) => ({ vpc: vpcId, cidr, zone, ...tagFields(tags) }),
      immutable: { vpc: 'a subnet cannot move to another VPC', cidr: 'the block of a subnet cannot change' },
    }),

  async apply(act) {
    if (!act.item) return create(act);
    const { subnetId, zone } = act.item;
    await retag(act, subnetId);
    return { subnetId, zone };
  },
};

/** The block is the natural key: a second create of the same block is refused, and then it is ours already. */
async function create(act: Act<'subnets'>): Promise<{ subnetId: string; zone: string }> {
  const plan = subnetPlans(act.config.network).find(({ key }) => key === act.change.key);
  const zone = zoneOf(act.found, act.change.key, plan?.zone ?? 0);
  try {
    const { Subnet } = await act.aws.ec2(
      new CreateSubnetCommand({
        VpcId: only(act.made.vpc)?.vpcId,
        CidrBlock: plan?.cidr,
        AvailabilityZone: zone,
        TagSpecifications: [{ ResourceType: 'subnet', Tags: upper(act.tags) }],
      }),
    );
    return { subnetId: Subnet?.SubnetId ?? '', zone };
  } catch (error) {
    const ours = isCode(error, 'InvalidSubnet.Conflict') ? await act.again() : undefined;
    if (!ours) throw error;
    return { subnetId: ours.subnetId, zone: ours.zone };
  }
}
