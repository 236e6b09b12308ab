/** The placement of a load balancer: its subnets, security groups and network interfaces. */
import type { AvailabilityZone, SubnetMapping } from '@aws-sdk/client-elastic-load-balancing-v2';
import { freeAddressCount } from '../../network/addresses.ts';
import { internetGatewayOf } from '../../network/routes.ts';
import type { Region } from '../../world/region.ts';
import { attachInterface, newPublicAddress } from '../ec2/network-interfaces.ts';
import type { SubnetRow } from '../ec2/store.ts';
import {
  invalidConfiguration,
  invalidSecurityGroup,
  invalidSubnet,
  notImplemented,
  subnetNotFound,
  validation,
} from './errors.ts';
import { pathOf } from './arns.ts';
import { assignIpv6Addresses } from './ip-address-type.ts';
import type { LoadBalancerRow } from './store.ts';

const MIN_SUBNETS = 2;
/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#subnets-load-balancer */
const MIN_FREE_ADDRESSES = 8;

/** The subnets of a request: a list of ids, or mappings that contain nothing but an id. */
interface SubnetsInput {
  readonly Subnets?: string[];
  readonly SubnetMappings?: SubnetMapping[];
}

/**
 * Returns the subnets of a load balancer: at least two, in different zones of one VPC.
 * @param isKept whether the load balancer is already in a subnet, and therefore needs no new addresses there
 * @throws ValidationError, SubnetNotFound, InvalidConfigurationRequest, InvalidSubnet
 */
export function checkSubnets(
  region: Region,
  { Subnets = [], SubnetMappings = [] }: SubnetsInput,
  scheme: string,
  isKept: (subnetId: string) => boolean = () => false,
): SubnetRow[] {
  if (Subnets.length > 0 && SubnetMappings.length > 0) {
    throw validation('You can specify either subnets or subnet mappings, not both');
  }
  const mapped = SubnetMappings.map(({ SubnetId, ...more }) => {
    const [extra] = Object.entries(more).find(([, value]) => value !== undefined) ?? [];
    if (extra) throw notImplemented(`SubnetMappings with ${extra}`);
    return SubnetId ?? '';
  });
  const subnets = [...new Set([...Subnets, ...mapped])].map((id) => {
    const subnet = region.ec2.subnets.get(id);
    if (!subnet) throw subnetNotFound(id);
    return subnet;
  });
  const zones = new Set(subnets.map(({ AvailabilityZone }) => AvailabilityZone));
  if (subnets.length < MIN_SUBNETS) {
    throw validation('At least two subnets in two different Availability Zones must be specified');
  }
  if (new Set(subnets.map(({ VpcId }) => VpcId)).size > 1) {
    throw invalidConfiguration('All subnets must belong to the same VPC');
  }
  if (zones.size < subnets.length) {
    throw invalidConfiguration(
      'A load balancer cannot be attached to multiple subnets in the same Availability Zone',
    );
  }
  const vpcId = subnets[0]?.VpcId ?? '';
  if (scheme === 'internet-facing' && !internetGatewayOf(region, vpcId)) {
    throw invalidSubnet(`VPC ${vpcId} has no internet gateway`);
  }
  const fullSubnet = subnets.find(
    ({ SubnetId }) => !isKept(SubnetId) && freeAddressCount(region, SubnetId) < MIN_FREE_ADDRESSES,
  );
  if (fullSubnet) {
    throw invalidSubnet(
      `Not enough IP space available in ${fullSubnet.SubnetId}. ELB requires at least ${MIN_FREE_ADDRESSES} free IP addresses in each subnet.`,
    );
  }
  return subnets;
}

/**
 * Returns the security groups of a load balancer: those of the request, or the VPC's default group.
 * @throws InvalidSecurityGroup
 */
export function checkSecurityGroups(region: Region, groups: string[] | undefined, vpcId: string): string[] {
  if (!groups?.length) {
    const defaultGroup = region.ec2.securityGroups.find(
      ({ VpcId, GroupName }) => VpcId === vpcId && GroupName === 'default',
    );
    return defaultGroup ? [defaultGroup.GroupId] : [];
  }
  for (const id of groups) {
    if (region.ec2.securityGroups.get(id)?.VpcId !== vpcId) throw invalidSecurityGroup();
  }
  return [...new Set(groups)];
}

export const zonesOf = (subnets: readonly SubnetRow[]): AvailabilityZone[] =>
  subnets.map(({ AvailabilityZone, SubnetId }) => ({
    ZoneName: AvailabilityZone,
    SubnetId,
    LoadBalancerAddresses: [],
  }));

/** Adds an interface to each subnet. Each interface of an internet-facing load balancer gets a public address. */
export function attachInterfaces(
  region: Region,
  balancer: LoadBalancerRow,
  subnetIds: readonly string[],
): void {
  for (const subnetId of subnetIds) {
    const { NetworkInterfaceId } = attachInterface(region, {
      subnetId,
      groups: balancer.SecurityGroups ?? [],
      description: `ELB ${pathOf(balancer.LoadBalancerArn)}`,
      interfaceType: 'interface',
      requester: 'amazon-elb',
      ...(balancer.Scheme === 'internet-facing' ? { publicIp: newPublicAddress(region) } : {}),
    });
    balancer.interfaceIds.push(NetworkInterfaceId);
  }
  assignIpv6Addresses(region, balancer);
}

/** Releases interfaces after about a minute. Until then they still block subnets and security groups. */
export function releaseLater(region: Region, interfaceIds: readonly string[]): void {
  for (const id of interfaceIds) {
    region.after('loadBalancerInterfaceRelease', 'elbv2:interface-released', id);
  }
}
