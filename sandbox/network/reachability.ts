/** Pure functions that follow the path of a packet through route tables, gateways, security groups and network ACLs. */
import type { NetworkInterfaceRow, SecurityGroupRuleRow, SubnetRow } from '../aws/ec2/store.ts';
import type { Region } from '../world/region.ts';
import { aclObstacle, LINUX_EPHEMERAL_PORTS, type Endpoint } from './acl-path.ts';
import { cidrCovers } from './cidr.ts';
import { internetGatewayOf, routeTo, effectiveRouteTableOf } from './routes.ts';

/** An address that represents the whole internet. */
export const INTERNET_ADDRESS = '52.94.0.1';
const INTERNET: Endpoint = { ip: INTERNET_ADDRESS };
/** The address of clients on the internet. It is reserved for documentation (RFC 5737), so that no real host has it. */
export const CLIENT_ADDRESS = '203.0.113.10';
const HTTPS_PORT = 443;
/** An address for an unknown receiver. In practice, only rules for 0.0.0.0/0 match it. */
const ANY_ADDRESS = '0.0.0.0';

/**
 * Checks whether an interface can reach port 443 on the internet.
 * @param groups the IDs of the interface's security groups
 * @param options.privateIp the private IP of the interface; by default, its whole subnet
 * @param options.hasPublicIp whether the interface has a public IP; an internet gateway serves no other interfaces
 * @returns `open`, or a sentence that says why the interface cannot reach it
 */
export function checkEgress(
  region: Region,
  subnetId: string,
  groups: readonly string[],
  { privateIp, hasPublicIp = false }: { privateIp?: string | undefined; hasPublicIp?: boolean } = {},
): 'open' | (string & {}) {
  const subnet = region.ec2.subnets.get(subnetId);
  if (!subnet) return `the subnet ${subnetId} does not exist`;
  if (!someRuleAllows(region, groups, { egress: true, port: HTTPS_PORT, ip: INTERNET_ADDRESS })) {
    return `no security group of ${groups.join(', ')} allows tcp ${HTTPS_PORT} out`;
  }
  const sender = { subnetId, ip: privateIp ?? subnet.CidrBlock };
  const hop = nextHop(region, subnet, INTERNET_ADDRESS);
  if (hop.natGatewayId !== undefined) {
    const denied = aclObstacle(region, sender, INTERNET, HTTPS_PORT, LINUX_EPHEMERAL_PORTS);
    return denied ?? checkNatEgress(region, hop.natGatewayId, sender);
  }
  if (hop.obstacle !== undefined) return hop.obstacle;
  return hasPublicIp
    ? (aclObstacle(region, sender, INTERNET, HTTPS_PORT, LINUX_EPHEMERAL_PORTS) ?? 'open')
    : `the route to 0.0.0.0/0 of ${subnetId} is an internet gateway, which serves public IPs only, and the interface has none`;
}

/**
 * Checks whether a TCP connection from the internet reaches an interface with a public IP, and whether replies return.
 * @param groups the IDs of the interface's security groups
 * @returns `open`, or a sentence that says what blocks the connection
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html
 */
export function checkIngress(
  region: Region,
  subnetId: string,
  groups: readonly string[],
  port: number,
): 'open' | (string & {}) {
  const subnet = region.ec2.subnets.get(subnetId);
  if (!subnet) return `the subnet ${subnetId} does not exist`;
  if (!groupsAdmit(region, { fromGroups: [], fromIp: CLIENT_ADDRESS, toGroups: groups, port })) {
    return `no security group of ${groups.join(', ')} allows tcp ${port} in from ${CLIENT_ADDRESS}`;
  }
  const hop = nextHop(region, subnet, CLIENT_ADDRESS);
  if (hop.natGatewayId !== undefined)
    return `the route of ${subnetId} leads to ${hop.natGatewayId}, not back to the client`;
  const client = { ip: CLIENT_ADDRESS };
  return hop.obstacle ?? aclObstacle(region, client, { ip: subnet.CidrBlock, subnetId }, port) ?? 'open';
}

/**
 * Checks whether a TCP connection from another address of its subnet reaches an interface. Neither routes nor network ACLs apply
 * within a subnet.
 * @returns `open`, or a sentence that says what blocks the connection
 */
export function checkIngressWithin(
  region: Region,
  subnetId: string,
  groups: readonly string[],
  port: number,
): 'open' | (string & {}) {
  const subnet = region.ec2.subnets.get(subnetId);
  if (!subnet) return `the subnet ${subnetId} does not exist`;
  const [fromIp = ''] = subnet.CidrBlock.split('/');
  return groupsAdmit(region, { fromGroups: [], fromIp, toGroups: groups, port })
    ? 'open'
    : `no security group of ${groups.join(', ')} allows tcp ${port} in from ${subnet.CidrBlock}`;
}

/**
 * Finds the next hop to the internet.
 * @returns `natGatewayId` for a NAT gateway; `obstacle`, the reason why there is no next hop; or an empty object for an
 *   internet gateway
 */
function nextHop(
  region: Region,
  subnet: SubnetRow,
  address: string,
): { natGatewayId?: string; obstacle?: string } {
  const table = effectiveRouteTableOf(region, subnet);
  const route = table && routeTo(table, address);
  if (!route) return { obstacle: `the route table of ${subnet.SubnetId} has no route to the internet` };
  if (route.NatGatewayId !== undefined) return { natGatewayId: route.NatGatewayId };
  const attached = internetGatewayOf(region, subnet.VpcId)?.InternetGatewayId;
  return attached !== undefined && route.GatewayId === attached
    ? {}
    : {
        obstacle: `the route of ${subnet.SubnetId} leads to ${route.GatewayId}, which is not attached to ${subnet.VpcId}`,
      };
}

/** @param sender the interface whose packets the NAT gateway forwards */
function checkNatEgress(region: Region, natGatewayId: string, sender: Endpoint): 'open' | (string & {}) {
  const nat = region.ec2.natGateways.get(natGatewayId);
  if (nat?.State !== 'available') return `the NAT gateway ${natGatewayId} is ${nat?.State ?? 'gone'}`;
  const subnet = region.ec2.subnets.get(nat.SubnetId);
  if (!subnet) return `the subnet of the NAT gateway ${natGatewayId} is gone`;
  const { natGatewayId: secondNat, obstacle } = nextHop(region, subnet, INTERNET_ADDRESS);
  if (secondNat !== undefined)
    return `the NAT gateway ${natGatewayId} is in a subnet without an internet gateway`;
  if (obstacle !== undefined)
    return `the NAT gateway ${natGatewayId} has no route to the internet: ${obstacle}`;
  const { SubnetId: subnetId } = nat;
  // Packets from the sender enter the gateway's subnet with the destination on the internet.
  const forwarded = { ...INTERNET, subnetId };
  const gateway = { ip: nat.NatGatewayAddresses?.[0]?.PrivateIp ?? subnet.CidrBlock, subnetId };
  return (
    (sender.subnetId === subnetId
      ? undefined
      : aclObstacle(region, { ip: sender.ip }, forwarded, HTTPS_PORT, LINUX_EPHEMERAL_PORTS)) ??
    aclObstacle(region, gateway, INTERNET, HTTPS_PORT) ??
    'open'
  );
}

/** A TCP connection between two interfaces. */
export interface Connection {
  /** The IDs of the sender's security groups; empty for a sender on the internet. */
  readonly fromGroups: readonly string[];
  readonly fromIp: string;
  readonly toGroups: readonly string[];
  /** The receiver's address. Without it, the only CIDR block of egress rules that matches is 0.0.0.0/0. */
  readonly toIp?: string;
  readonly port: number;
}

/**
 * Whether both the sender's egress rules and the receiver's ingress rules admit a TCP connection. A sender without groups
 * is on the internet, so no egress rules apply to it.
 */
export function groupsAdmit(
  region: Region,
  { fromGroups, fromIp, toGroups, toIp = ANY_ADDRESS, port }: Connection,
): boolean {
  const senderAllows =
    fromGroups.length === 0 ||
    someRuleAllows(region, fromGroups, { egress: true, port, ip: toIp, groups: toGroups });
  return (
    senderAllows && someRuleAllows(region, toGroups, { egress: false, port, ip: fromIp, groups: fromGroups })
  );
}

/** Whether the security groups and network ACLs between two interfaces admit a TCP connection to a port. */
export function interfaceReaches(
  region: Region,
  from: NetworkInterfaceRow,
  to: NetworkInterfaceRow,
  port: number,
): boolean {
  const [client, server] = [endpointOf(from), endpointOf(to)];
  const [fromGroups, toGroups] = [groupIdsOf(from), groupIdsOf(to)];
  return (
    groupsAdmit(region, { fromGroups, fromIp: client.ip, toGroups, toIp: server.ip, port }) &&
    aclObstacle(region, client, server, port) === undefined
  );
}

/** Whether at least one of the sending interfaces reaches a port of the receiver. */
export const someInterfaceReaches = (
  region: Region,
  fromIds: readonly string[],
  to: NetworkInterfaceRow,
  port: number,
): boolean =>
  fromIds.some((id) => {
    const from = region.ec2.networkInterfaces.get(id);
    return from !== undefined && interfaceReaches(region, from, to, port);
  });

const groupIdsOf = ({ Groups = [] }: NetworkInterfaceRow): string[] =>
  Groups.flatMap(({ GroupId }) => GroupId ?? []);
const endpointOf = ({ PrivateIpAddress: ip, SubnetId: subnetId }: NetworkInterfaceRow): Endpoint => ({
  ip,
  subnetId,
});

interface Packet {
  /** Whether the packet leaves the interface whose rules are checked. */
  readonly egress: boolean;
  readonly port: number;
  /** The address of the other side. */
  readonly ip: string;
  /** The IDs of the other side's security groups. */
  readonly groups?: readonly string[];
}

const someRuleAllows = (region: Region, groupIds: readonly string[], packet: Packet): boolean =>
  region.ec2.securityGroupRules
    .all()
    .some(
      (rule) => groupIds.includes(rule.GroupId) && rule.IsEgress === packet.egress && allows(rule, packet),
    );

function allows(rule: SecurityGroupRuleRow, { port, ip, groups = [] }: Packet): boolean {
  const { IpProtocol, FromPort = 0, ToPort = 65535, CidrIpv4, ReferencedGroupInfo } = rule;
  if (IpProtocol !== '-1' && (IpProtocol !== 'tcp' || port < FromPort || port > ToPort)) return false;
  if (ReferencedGroupInfo?.GroupId !== undefined) return groups.includes(ReferencedGroupInfo.GroupId);
  return cidrCovers(CidrIpv4, ip);
}
