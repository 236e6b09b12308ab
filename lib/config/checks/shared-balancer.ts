/** Checks of a load balancer that belongs to someone else: how it is named, and settings that only its owner can change. */
import { hasBalancer, type Config } from '../config.ts';
import { display } from '../display.ts';
import type { Finding } from '../finding.ts';

export function* oneBalancerIsNamed({ loadBalancer }: Config): Iterable<Finding> {
  if (loadBalancer === undefined) return;
  const { arn, listenerArn } = loadBalancer;
  const basedOn = [
    ['loadBalancer', 'arn'],
    ['loadBalancer', 'listenerArn'],
  ];
  if (arn === undefined && listenerArn === undefined)
    yield {
      path: ['loadBalancer', 'arn'],
      fix: 'Add the ARN of the load balancer, or that of its listener as listenerArn.',
      basedOn,
    };
  if (arn !== undefined && listenerArn !== undefined)
    yield {
      path: ['loadBalancer', 'listenerArn'],
      fix: 'Remove arn or listenerArn: the listener belongs to one load balancer.',
      basedOn,
    };
}

export function* balancerIsInRegion({ loadBalancer, region }: Config): Iterable<Finding> {
  for (const field of ['arn', 'listenerArn'] as const) {
    const arn = loadBalancer?.[field];
    const other = arn?.split(':')[3];
    if (arn !== undefined && other !== region)
      yield {
        path: ['loadBalancer', field],
        fix: `Use a load balancer in ${region}: tasks cannot be behind one in ${other}.`,
        basedOn: [['region']],
      };
  }
}

export function* taskSubnetsAreUnique({ loadBalancer }: Config): Iterable<Finding> {
  const { subnets = [] } = loadBalancer ?? {};
  for (const [index, id] of subnets.entries())
    if (subnets.indexOf(id) !== index)
      yield { path: ['loadBalancer', 'subnets', index], fix: 'Remove it: the list already has this subnet.' };
}

/** The settings that a load balancer of someone else, or its network, excludes. */
const OWNER_FIELDS = [
  [
    'domain',
    ({ domain }) => domain !== undefined,
    'its owner points names to it; put the names of the stack into hosts of routes',
  ],
  [
    'clients',
    ({ clients }) => clients !== undefined,
    'its owner decides who may connect; use sources of routes',
  ],
  ['internal', ({ internal }) => internal, 'its owner decides its scheme'],
  ['protect', ({ protect }) => protect, 'its owner protects it, and a teardown keeps it'],
  ['ipv6', ({ ipv6 }) => ipv6, 'its owner decides whether it has IPv6'],
  ['waf', ({ waf }) => waf !== undefined, 'its owner decides which web ACL inspects requests'],
  ['accessLogs', ({ accessLogs }) => accessLogs !== undefined, 'its owner decides where it logs requests'],
  ['flowLogs', ({ flowLogs }) => flowLogs, 'the VPC belongs to its owner'],
] as const satisfies readonly (readonly [keyof Config, (config: Config) => boolean, string])[];

/** The settings with defaults that only concern a load balancer and a network of the stack itself. */
const OWNER_DEFAULTS = [
  [['idleTimeoutSeconds'], 'its owner decides when it closes silent connections'],
  [['network', 'cidr'], 'the VPC belongs to its owner'],
  [['network', 'zones'], 'the tasks run in the zones of loadBalancer.subnets'],
] as const;

export function* ownerDecides(config: Config): Iterable<Finding> {
  if (config.loadBalancer === undefined || !hasBalancer(config)) return;
  for (const [field, isSet, reason] of OWNER_FIELDS)
    if (isSet(config))
      yield {
        path: [field],
        ...(field === 'domain' && { value: `${display(config.domain?.name)} with loadBalancer` }),
        fix: `Remove it, or remove loadBalancer: ${reason}.`,
        basedOn: [['loadBalancer']],
      };
  for (const [path, reason] of OWNER_DEFAULTS)
    yield {
      path,
      fix: `Remove it, or remove loadBalancer: ${reason}.`,
      basedOn: [['loadBalancer']],
      ifWritten: true,
    };
}
