/** Checks of the fields that protect a stack. */
import type { Config } from '../config.ts';
import { isIpv6Block } from '../edge-rules.ts';
import type { Finding } from '../finding.ts';

/** The quota of rules per security group, for each family of addresses. @see https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html */
const MAX_RULES = 60;

export function* clientsAreUnique({ clients = [] }: Config): Iterable<Finding> {
  for (const [index, block] of clients.entries())
    if (clients.indexOf(block) !== index)
      yield { path: ['clients', index], fix: 'Remove it: the list already has this block.' };
}

/** Slipway does not change a bucket of the user. */
export function* bucketsKeepTheirLifecycle({ accessLogs }: Config): Iterable<Finding> {
  if (accessLogs?.bucket !== undefined && accessLogs.days !== undefined)
    yield {
      path: ['accessLogs', 'days'],
      value: String(accessLogs.days),
      fix: `Remove it, or remove bucket: Slipway does not change the lifecycle rules of ${accessLogs.bucket}.`,
    };
}

/** Clients with IPv6 need a public load balancer that admits them. */
export function* ipv6HasClients({ ipv6, internal, clients }: Config): Iterable<Finding> {
  if (!ipv6) return;
  if (internal)
    yield {
      path: ['ipv6'],
      fix: 'Remove ipv6 or internal: an internal load balancer is in the private subnets, which have only IPv4.',
      basedOn: [['internal']],
    };
  if (clients?.some(isIpv6Block) === false)
    yield {
      path: ['ipv6'],
      fix: 'Add an IPv6 block to clients, or remove ipv6: no client could connect over IPv6.',
      basedOn: [['clients']],
    };
}

/** A load balancer uses a web ACL of its own region. */
export function* webAclIsInRegion({ waf, region }: Config): Iterable<Finding> {
  const webAclRegion = waf?.split(':')[3];
  if (webAclRegion !== undefined && webAclRegion !== region)
    yield {
      path: ['waf'],
      fix: `Use a web ACL in ${region}: a load balancer cannot use one in ${webAclRegion}.`,
      basedOn: [['region']],
    };
}

/** Each block is a rule per port of the load balancer. */
export function* clientsAreWithinQuota({ clients = [], domain }: Config): Iterable<Finding> {
  const most = MAX_RULES / (domain?.https ? 2 : 1);
  for (const ofFamily of [clients.filter(isIpv6Block), clients.filter((block) => !isIpv6Block(block))])
    if (ofFamily.length > most)
      yield {
        path: ['clients'],
        value: `${ofFamily.length} blocks`,
        fix: `Use at most ${most} blocks of IPv4 and ${most} of IPv6, or larger blocks: a security group has at most ${MAX_RULES} rules of each kind, and each block needs ${domain?.https ? 'two, for the ports 80 and 443' : 'one'}.`,
        basedOn: [['domain', 'https']],
      };
}
