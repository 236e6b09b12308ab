/** Checks of the fields that protect a stack. */
import { arnInPartitionOf } from '../../derive/partitions.ts';
import { hasBalancer, type Config } from '../config.ts';
import { display } from '../display.ts';
import { isIpv6Block } from '../edge-rules.ts';
import { containersWithServices, pathOfContainer, pathOfService, type Finding } from '../finding.ts';

/** The quota of rules per security group, for each family of addresses. @see https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html */
const MAX_RULES = 60;

/** The fields that only concern a load balancer and have defaults. */
const BALANCER_SECONDS = [
  ['idleTimeoutSeconds', 'the load balancer closes silent connections'],
  ['deregistrationDelaySeconds', 'the load balancer waits for the requests of draining tasks'],
] as const satisfies readonly (readonly [keyof Config, string])[];

/** The fields that only concern a load balancer, and whether each is set. */
const BALANCER_FIELDS = [
  ['domain', ({ domain }) => domain !== undefined, 'a domain is an alias of the load balancer'],
  ['loadBalancer', ({ loadBalancer }) => loadBalancer !== undefined, 'its rules send requests to it'],
  ['clients', ({ clients }) => clients !== undefined, 'clients connect to the load balancer'],
  ['internal', ({ internal }) => internal, 'it is a setting of the load balancer'],
  ['protect', ({ protect }) => protect, 'it protects the load balancer'],
  ['ipv6', ({ ipv6 }) => ipv6, 'clients reach the load balancer over IPv6'],
  ['waf', ({ waf }) => waf !== undefined, 'a web ACL inspects the requests to the load balancer'],
  ['accessLogs', ({ accessLogs }) => accessLogs !== undefined, 'the load balancer writes access logs'],
] as const satisfies readonly (readonly [keyof Config, (config: Config) => boolean, string])[];

/** Without a route there is no load balancer, so its settings would have no effect. */
export function* balancerFieldsHaveRoutes(config: Config): Iterable<Finding> {
  const isIncomplete =
    config.services.length === 0 || config.services.some(({ containers }) => containers.length === 0);
  if (isIncomplete || hasBalancer(config)) return;
  const basedOn = [
    ['routes'],
    ...config.services.map((service) => pathOfService(service, 'containers')),
    ...containersWithServices(config).flatMap(({ service, container }) =>
      ['path', 'routes', 'port'].map((field) => pathOfContainer(service, container, field)),
    ),
  ];
  for (const [field, isSet, reason] of BALANCER_FIELDS)
    if (isSet(config))
      yield {
        path: [field],
        ...(field === 'domain' && { value: `${display(config.domain?.name)} without a route` }),
        fix: withoutRoute(reason),
        basedOn,
      };
  for (const [field, reason] of BALANCER_SECONDS)
    yield { path: [field], fix: withoutRoute(reason), basedOn, ifWritten: true };
}

const withoutRoute = (reason: string): string =>
  `Remove it, or add the path of a container: ${reason}, and a stack without a route has none.`;

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
  if (waf === undefined) return;
  const webAclRegion = waf.split(':')[3];
  const inPartition = arnInPartitionOf(region, waf);
  const finding = { path: ['waf'], basedOn: [['region']] };
  if (webAclRegion !== region)
    yield {
      ...finding,
      fix: `Use a web ACL in ${region}: a load balancer cannot use one in ${webAclRegion}.`,
    };
  else if (inPartition !== undefined)
    yield { ...finding, fix: `Use the partition that contains ${region}: ${inPartition}.` };
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
