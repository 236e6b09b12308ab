/** The path of a packet over IPv6 from a client on the internet to an interface: addresses, routes and security groups. */
import { hasIpv6 } from '../aws/ec2/ipv6-blocks.ts';
import type { Region } from '../world/region.ts';
import { ipv6Contains } from './cidr.ts';
import { effectiveRouteTableOf, internetGatewayOf } from './routes.ts';

/** The IPv6 address of clients on the internet. It is reserved for documentation (RFC 3849). */
export const IPV6_CLIENT_ADDRESS = '2001:db8::10';

/**
 * Checks whether a TCP connection over IPv6 from the internet reaches an interface. Network ACLs are not checked: the default one
 * of a VPC with an IPv6 block allows all traffic.
 * @returns `open`, or a sentence that says what blocks the connection
 */
export function checkIpv6Ingress(
  region: Region,
  subnetId: string,
  groups: readonly string[],
  port: number,
): 'open' | (string & {}) {
  const subnet = region.ec2.subnets.get(subnetId);
  if (!subnet || !hasIpv6(region, subnet)) return `the subnet ${subnetId} has no IPv6 block`;
  const isAllowed = region.ec2.securityGroupRules.find(
    ({ GroupId = '', IsEgress, IpProtocol, FromPort = -1, ToPort = -1, CidrIpv6 }) =>
      groups.includes(GroupId) &&
      !IsEgress &&
      CidrIpv6 !== undefined &&
      ipv6Contains(CidrIpv6, IPV6_CLIENT_ADDRESS) &&
      (IpProtocol === '-1' || (IpProtocol === 'tcp' && FromPort <= port && port <= ToPort)),
  );
  if (!isAllowed)
    return `no security group of ${groups.join(', ')} allows tcp ${port} in from ${IPV6_CLIENT_ADDRESS}`;
  const routes = effectiveRouteTableOf(region, subnet)?.Routes ?? [];
  const [route] = routes
    .filter(({ DestinationIpv6CidrBlock: block }) => block && ipv6Contains(block, IPV6_CLIENT_ADDRESS))
    .sort((one, other) => bitsOf(other.DestinationIpv6CidrBlock) - bitsOf(one.DestinationIpv6CidrBlock));
  const attached = internetGatewayOf(region, subnet.VpcId)?.InternetGatewayId;
  if (!route) return `the route table of ${subnetId} has no route for IPv6 to the internet`;
  return attached !== undefined && route.GatewayId === attached
    ? 'open'
    : `the route of ${subnetId} for IPv6 does not lead to an attached internet gateway`;
}

const bitsOf = (block = ''): number => Number(block.split('/')[1]);
