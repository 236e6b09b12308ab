/** Checks that the security groups of someone else's load balancer let it connect to the tasks. Pure. */
import { Netmask } from 'netmask';
import { isRouted, type Config, type Service } from '../lib/config/config.ts';
import type { GroupRule } from '../lib/derive/security-group-rules.ts';
import type { Survey } from '../lib/look/found.ts';
import type { FoundSharedBalancer } from '../lib/look/shared-balancer.ts';
import { awsCommand, type Run } from '../lib/run/run.ts';

/** A port of a service that the load balancer cannot connect to. */
interface ClosedPort {
  readonly service: string;
  readonly port: number;
  /** The blocks of the subnets in which it cannot. */
  readonly blocks: readonly string[];
}

/**
 * Lists the ports that no egress rule opens, in the order of the configuration. The rules of all groups apply together. The check is
 * lenient: a prefix list may contain the subnets, and rules that the caller may not read are taken to be right. Requests and health
 * checks use the same ports.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-update-security-groups.html
 */
export function closedPorts(
  { services }: Pick<Config, 'services'>,
  { securityGroups }: Pick<Survey, 'securityGroups'>,
  { egress, subnets }: Pick<FoundSharedBalancer, 'egress' | 'subnets'>,
): ClosedPort[] {
  if (!egress || egress.size === 0) return [];
  const rules = [...egress.values()].flat();
  // A subnet with only IPv6 has no block, and is refused for another reason.
  const blocks = [...new Set([...subnets.values()].map(({ cidr }) => cidr).filter(Boolean))];
  return services.flatMap((service) => {
    const groupId = securityGroups.get(service.name)?.groupId;
    return portsOf(service).flatMap((port): ClosedPort[] => {
      const isOpen = (block: string) => rules.some((rule) => leadsTo(rule, port, block, groupId));
      const closed = blocks.filter((block) => !isOpen(block));
      return closed.length === 0 ? [] : [{ service: service.name, port, blocks: closed }];
    });
  });
}

const portsOf = ({ containers }: Service): number[] => [
  ...new Set(containers.filter(isRouted).map(({ port }) => port)),
];

/** Whether a rule lets connections to a port in a whole subnet pass. Tasks have only IPv4 addresses. */
function leadsTo(
  { protocol, fromPort, toPort, peer }: GroupRule,
  port: number,
  block: string,
  groupId: string | undefined,
): boolean {
  const isForPort = protocol === '-1' || (isTcp(protocol) && fromPort <= port && port <= toPort);
  if (!isForPort) return false;
  if (peer.startsWith('pl-')) return true;
  if (peer.startsWith('sg-')) return peer === groupId;
  return !peer.includes(':') && new Netmask(peer).contains(block);
}

/** EC2 also takes the number of the protocol. */
const isTcp = (protocol: string): boolean => protocol === 'tcp' || protocol === '6';

/** Describes a closed port, and the group whose owner must open it. */
export const closedPortText = (
  { service, port, blocks }: ClosedPort,
  { egress }: Pick<FoundSharedBalancer, 'egress'>,
): string =>
  `services.${service}: no egress rule of ${[...(egress?.keys() ?? [])].sort().join(' or ')} lets the load balancer connect to port ${port} of the tasks in ${blocks.join(' and ')}.`;

/**
 * Returns the command that opens the ports, for the owner of the load balancer. It names blocks: the groups of the tasks may not exist
 * yet. All groups of a load balancer apply to each of its interfaces, so it changes only the first one.
 */
export function openingCommand(
  run: Pick<Run, 'region' | 'endpoint'>,
  closed: readonly ClosedPort[],
  { egress }: Pick<FoundSharedBalancer, 'egress'>,
): string {
  const byPort = new Map(closed.map(({ port, blocks }) => [port, blocks]));
  const permissions = [...byPort].map(
    ([port, blocks]) =>
      `'IpProtocol=tcp,FromPort=${port},ToPort=${port},IpRanges=[${blocks.map((block) => `{CidrIp=${block}}`).join(',')}]'`,
  );
  const [groupId = ''] = [...(egress?.keys() ?? [])].sort();
  return awsCommand(
    run,
    `aws ec2 authorize-security-group-egress --group-id ${groupId} --ip-permissions ${permissions.join(' ')}`,
  );
}
