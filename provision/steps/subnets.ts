/** The subnets: each zone has a public one for the load balancer and a private one for the tasks. */
import { CreateSubnetCommand, ModifySubnetAttributeCommand } from '@aws-sdk/client-ec2';
import { isCode } from '../../lib/aws/errors.ts';
import { retag } from '../../lib/aws/retag.ts';
import { assignZones, subnetKeys, subnetLayouts } from '../../lib/derive/subnet-layout.ts';
import { desiredTags, tagFields, toPascalCaseTags, type TagField } from '../../lib/derive/tags.ts';
import { adopt } from '../../lib/engine/adopt.ts';
import type { Step } from '../../lib/engine/step.ts';
import type { Desired } from '../../lib/look/context.ts';
import type { Survey } from '../../lib/look/found.ts';
import type { FoundSubnet } from '../../lib/look/subnets.ts';
import { inAnotherVpc } from '../../lib/look/vpc.ts';
import { compare, knownAfter, touches, type DesiredFields } from '../../lib/model/change.ts';
import { only } from '../../lib/model/resources.ts';
import { associateSubnetBlock, desiredIpv6, ipv6Field, removeSubnetBlock } from '../ipv6-blocks.ts';

type Field = 'vpc' | 'cidr' | 'zone' | 'public addresses' | 'ipv6' | TagField;

interface Placement {
  readonly cidr: string;
  readonly zone: string;
}

/**
 * Returns the placements of all subnets, keyed like the subnets. An existing subnet keeps its zone. A new subnet gets the zone of the existing
 * subnet with the same zone index, if there is one.
 */
function placementsOf({ config: { network } }: Desired, found: Survey): Map<string, Placement> {
  const layouts = subnetLayouts(network);
  const zonesInUse: (string | undefined)[] = [];
  for (const { key, zoneIndex } of layouts) zonesInUse[zoneIndex] ??= found.subnets.get(key)?.zone;
  const zones = assignZones(network.zones, zonesInUse, found.zones);
  return new Map(
    layouts.map(({ key, cidr, zoneIndex }) => [
      key,
      { cidr, zone: found.subnets.get(key)?.zone ?? zones[zoneIndex] ?? '' },
    ]),
  );
}

function desiredFields(desired: Desired, found: Survey): Map<string, DesiredFields<Field>> {
  const vpc = only(found.vpc)?.vpcId ?? knownAfter('vpc');
  return new Map(
    [...placementsOf(desired, found)].map(([key, placement]) => [
      key,
      {
        vpc,
        ...placement,
        'public addresses': false,
        ...desiredIpv6(needsIpv6(desired, key)),
        ...desiredTags(desired, 'subnets', key),
      },
    ]),
  );
}

/** Only the load balancer has IPv6 addresses, so only its subnets need a block. */
const needsIpv6 = ({ config }: Pick<Desired, 'config'>, key: string): boolean =>
  config.ipv6 && subnetKeys(config.network, 'public').includes(key);

export const subnets: Step<'subnets', Field> = {
  diff(desired, found) {
    const placements = placementsOf(desired, found);
    const blockMismatch = ({ cidr }: FoundSubnet, key: string): string | undefined =>
      cidr === placements.get(key)?.cidr
        ? undefined
        : `its block is ${cidr}, and the block of a subnet cannot change`;
    return compare({
      noun: 'subnets',
      desired: desiredFields(desired, found),
      found: found.subnets,
      fieldsOf: ({ vpcId, cidr, zone, mapPublicIp, ipv6, tags }) => ({
        vpc: vpcId,
        cidr,
        zone,
        'public addresses': mapPublicIp,
        ...ipv6Field(ipv6),
        ...tagFields(tags),
      }),
      whyUnchangeable: (subnet, key) => inAnotherVpc(found)(subnet) ?? blockMismatch(subnet, key),
    });
  },

  /**
   * The block is the natural key. If the create is refused, our subnet may exist already, from an earlier create whose response
   * was lost.
   */
  async create(context) {
    const { cidr, zone } = placementsOf(context, context.found).get(context.change.key) ?? {};
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
      return adopt(context, `the block ${cidr} of ${VpcId}`, error);
    }
  },

  /**
   * Subnets assign no public addresses. Only the load balancer and the NAT gateway have public addresses, and these do not
   * depend on this setting.
   * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySubnetAttribute.html
   */
  async update(context, { subnetId: SubnetId }) {
    if (touches(context.change, 'public addresses')) {
      const MapPublicIpOnLaunch = { Value: false };
      await context.aws.ec2(new ModifySubnetAttributeCommand({ SubnetId, MapPublicIpOnLaunch }));
    }
    await retag(context, SubnetId);
  },

  async configure(context, { subnetId }) {
    const { change, config, ids } = context;
    if (!needsIpv6(context, change.key) || !touches(change, 'ipv6')) return;
    const index = subnetKeys(config.network, 'public').indexOf(change.key);
    await associateSubnetBlock(context, only(ids.vpc)?.vpcId ?? '', subnetId, index);
  },

  async cleanUp(context) {
    if (!needsIpv6(context, context.change.key)) await removeSubnetBlock(context, context.existing);
  },
};
