/** Checks the packets of a TCP connection against network ACLs, which apply whenever a packet leaves or enters a subnet. */
import type { NetworkAclEntry } from '@aws-sdk/client-ec2';
import type { Region } from '../world/region.ts';
import { cidrCovers } from './cidr.ts';

/** One end of a connection. */
export interface Endpoint {
  readonly ip: string;
  /** Undefined if the end is on the internet, or if the ACL of its subnet is checked elsewhere. */
  readonly subnetId?: string;
}

/** A range of ports; both ends are included. */
export type PortRange = readonly [from: number, to: number];

/**
 * The ports at which clients on the internet, load balancers and NAT gateways receive replies. They choose any of these ports,
 * so a connection works reliably only if the ACLs allow all of them.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports
 */
const EPHEMERAL_PORTS: PortRange = [1024, 65_535];
/** The ports at which programs on Linux receive replies. */
export const LINUX_EPHEMERAL_PORTS: PortRange = [32_768, 60_999];

const TCP = '6';
const ALL_PROTOCOLS = '-1';

/**
 * Finds the network ACL that denies a connection. ACLs are stateless: they must allow the request and the reply, in both
 * subnets. Traffic within a subnet does not pass an ACL.
 * @param port the port of the server
 * @param clientPorts the ports at which the client receives replies
 * @returns a sentence that names the ACL and the traffic, or undefined if the ACLs allow the connection
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html
 */
export function aclObstacle(
  region: Region,
  client: Endpoint,
  server: Endpoint,
  port: number,
  clientPorts: PortRange = EPHEMERAL_PORTS,
): string | undefined {
  if (client.subnetId === server.subnetId) return undefined;
  const request: PortRange = [port, port];
  return (
    denial(region, client, { egress: true, ip: server.ip, ports: request }) ??
    denial(region, server, { egress: false, ip: client.ip, ports: request }) ??
    denial(region, server, { egress: true, ip: client.ip, ports: clientPorts }) ??
    denial(region, client, { egress: false, ip: server.ip, ports: clientPorts })
  );
}

/** TCP packets that leave or enter a subnet. */
interface Packets {
  readonly egress: boolean;
  /** The address of the other end. */
  readonly ip: string;
  /** The destination ports. */
  readonly ports: PortRange;
}

function denial(region: Region, { subnetId }: Endpoint, packets: Packets): string | undefined {
  const acl = region.ec2.networkAcls.find(({ Associations }) =>
    Associations.some((one) => subnetId !== undefined && one.SubnetId === subnetId),
  );
  if (!acl || allowsAll(acl.Entries, packets)) return undefined;
  const [from, to] = packets.ports;
  const direction = packets.egress ? 'out to' : 'in from';
  return `the network ACL ${acl.NetworkAclId} of ${subnetId} denies tcp ${from === to ? from : `${from}-${to}`} ${direction} ${packets.ip}`;
}

/** Whether the entries allow all ports. Between two boundaries of their ranges, the same entry decides for every port. */
function allowsAll(entries: readonly NetworkAclEntry[], packets: Packets): boolean {
  const [from, to] = packets.ports;
  const boundaries = entries.flatMap(({ PortRange: range }) =>
    range ? [range.From ?? 0, (range.To ?? 0) + 1] : [],
  );
  const ports = [from, ...boundaries.filter((port) => port > from && port <= to)];
  return ports.every((port) => decidingEntry(entries, packets, port)?.RuleAction === 'allow');
}

/** Returns the entry with the lowest number that matches packets to a port. */
const decidingEntry = (
  entries: readonly NetworkAclEntry[],
  { egress, ip }: Packets,
  port: number,
): NetworkAclEntry | undefined =>
  entries
    .filter(
      ({ Egress, CidrBlock, Protocol, PortRange: range }) =>
        Egress === egress &&
        cidrCovers(CidrBlock, ip) &&
        (Protocol === ALL_PROTOCOLS ||
          (Protocol === TCP && port >= (range?.From ?? 0) && port <= (range?.To ?? 0))),
    )
    .toSorted((one, other) => (one.RuleNumber ?? 0) - (other.RuleNumber ?? 0))[0];
