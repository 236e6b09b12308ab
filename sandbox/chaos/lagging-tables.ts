/** Which kinds AWS shows late, and which calls list them: what is not here is consistent at once. */
import type { Region } from '../world/region.ts';
import type { Table } from '../world/table.ts';

/**
 * The kinds of a region that lag, by service. Those of ECR, CloudWatch Logs and Application Auto Scaling do not: they
 * are found by names, and nobody reports that AWS lags there.
 */
const KINDS = {
  ec2: [
    'vpcs',
    'subnets',
    'internetGateways',
    'routeTables',
    'addresses',
    'natGateways',
    'securityGroups',
    'securityGroupRules',
    'networkInterfaces',
  ],
  elbv2: ['loadBalancers', 'targetGroups', 'listeners', 'rules'],
  ecs: ['clusters', 'services', 'taskDefinitions', 'tasks'],
  route53: ['zones', 'changes'],
  iam: ['roles'],
} as const satisfies { readonly [S in keyof Region]?: readonly (keyof Region[S])[] };

type Service = keyof typeof KINDS;

const tablesIn = (region: Region, service: Service, kinds: readonly string[]): Table<object>[] => {
  const store: Readonly<Record<string, Table<object>>> = region[service];
  return kinds.flatMap((kind) => store[kind] ?? []);
};

const isLagging = (service: string): service is Service => Object.hasOwn(KINDS, service);

/** All tables of a region that lag. */
export const laggingTables = (region: Region): Table<object>[] =>
  Object.entries(KINDS).flatMap(([service, kinds]) => tablesIn(region, service as Service, kinds));

/** Whether the operations of a service take the ids of what lags. */
export const takesLaggingIds = (service: string): boolean => isLagging(service) || service === 'autoscaling';

/** The kinds that an operation lists. */
const LISTS: Readonly<Record<string, readonly string[]>> = {
  'ec2 DescribeVpcs': ['vpcs'],
  'ec2 DescribeSubnets': ['subnets'],
  'ec2 DescribeInternetGateways': ['internetGateways'],
  'ec2 DescribeRouteTables': ['routeTables'],
  'ec2 DescribeAddresses': ['addresses'],
  'ec2 DescribeNatGateways': ['natGateways'],
  'ec2 DescribeSecurityGroups': ['securityGroups'],
  'ec2 DescribeSecurityGroupRules': ['securityGroupRules'],
  'ec2 DescribeNetworkInterfaces': ['networkInterfaces'],
  'ec2 DescribeTags': KINDS.ec2,
  'elbv2 DescribeLoadBalancers': ['loadBalancers'],
  'elbv2 DescribeTargetGroups': ['targetGroups'],
  'elbv2 DescribeListeners': ['listeners'],
  'elbv2 DescribeRules': ['rules'],
  'ecs ListClusters': ['clusters'],
  'ecs ListServices': ['services'],
  'ecs ListTaskDefinitions': ['taskDefinitions'],
  'ecs ListTaskDefinitionFamilies': ['taskDefinitions'],
  'ecs ListTasks': ['tasks'],
  'route53 ListHostedZones': ['zones'],
  'route53 ListHostedZonesByName': ['zones'],
  'iam ListRoles': ['roles'],
};

/**
 * The tables that a call lists: none when it is no list, or asks for things by id, ARN or name. By name the answer is
 * consistent: names are what AWS itself keeps things apart by.
 */
export function listedTables(
  region: Region,
  service: string,
  operation: string,
  input: object,
): Table<object>[] {
  const kinds = LISTS[`${service} ${operation}`];
  if (!kinds || !isLagging(service) || Object.values(input).some(isNames)) return [];
  return tablesIn(region, service, kinds);
}

const isNames = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string');
