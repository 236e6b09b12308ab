/** Names resources in plans as a user knows them, and groups them by what a user thinks in. Pure. */
import type { Config } from '../../config/config.ts';
import { BALANCER } from '../../derive/security-group-rules.ts';
import { KEY_TAG } from '../../derive/tags.ts';
import { serviceOfRole } from '../../derive/task-permissions.ts';
import { itemsOf, type Survey } from '../../look/found.ts';
import { serviceOfKey } from '../../look/services.ts';
import type { Noun } from '../../model/architecture.ts';
import type { Change } from '../../model/change.ts';
import { ONLY } from '../../model/resources.ts';

/** The groups of a plan, in the order in which equally important ones are shown. */
export const GROUPS = ['Services', 'Routes', 'Domain', 'Network', 'Permissions', 'Logs', 'Tags'] as const;
export type Group = (typeof GROUPS)[number];

/** The group of a noun, and the words for one resource and for several. */
interface NounWords {
  readonly group: Group;
  readonly one: string;
  readonly many: string;
}

const words = (group: Group, one: string, many = `${one}s`): NounWords => ({ group, one, many });

export const NOUN_WORDS: Readonly<Record<Noun, NounWords>> = {
  serviceLinkedRole: words('Permissions', 'service-linked role of ECS'),
  roles: words('Permissions', 'role'),
  logGroup: words('Logs', 'log group'),
  logBucket: words('Logs', 'bucket for access logs', 'buckets for access logs'),
  repositories: words('Services', 'image repository', 'image repositories'),
  images: words('Services', 'image'),
  vpc: words('Network', 'VPC'),
  internetGateway: words('Network', 'internet gateway'),
  flowLog: words('Logs', 'flow log'),
  subnets: words('Network', 'subnet'),
  securityGroups: words('Network', 'security group'),
  publicRoutes: words('Network', 'public route table'),
  elasticIp: words('Network', 'public address'),
  natGateway: words('Network', 'NAT gateway'),
  privateRoutes: words('Network', 'private route table'),
  gatewayEndpoint: words('Network', 'endpoint for S3'),
  hostedZone: words('Domain', 'hosted zone'),
  certificate: words('Domain', 'certificate'),
  validationRecords: words('Domain', 'validation record'),
  loadBalancer: words('Routes', 'load balancer'),
  targetGroups: words('Routes', 'target group'),
  listener: words('Routes', 'listener'),
  rules: words('Routes', 'route'),
  cluster: words('Services', 'cluster'),
  taskDefinitions: words('Services', 'task definition'),
  services: words('Services', 'service'),
  record: words('Domain', 'record'),
};

/** The configuration and the survey that a plan is based on. */
export interface PlanFacts {
  readonly config: Config;
  readonly found: Survey;
}

/** Counts several resources of a noun, e.g. `4 subnets`. */
export const countedNoun = (noun: Noun, count: number): string => `${count} ${NOUN_WORDS[noun].many}`;

/** Returns the name of a container as commands take it, `shop/api1`; its key if it is not configured. */
export function containerName({ services }: Config, key: string): string {
  for (const { name, containers } of services)
    for (const container of containers) if (container.key === key) return `${name}/${container.name}`;
  return key;
}

const ROLE_NAMES: Readonly<Record<string, string>> = {
  execution: 'role that starts tasks',
  task: 'role of the programs',
  infrastructure: 'role that shifts requests',
  'flow-logs': 'role of the flow log',
};

/** Returns the paths of a rule, and where a rule without paths leads. */
function routeText({ config, found }: PlanFacts, { key, fields, replaces = key }: Change): string {
  const desired = fields.find(({ field }) => field === 'paths')?.to;
  const rule = found.rules.get(replaces);
  const paths = typeof desired === 'string' ? desired : rule?.paths.join(', ');
  if (paths === undefined || paths === '') return containerName(config, rule?.tags[KEY_TAG] ?? key);
  // A path of the simple form has two patterns.
  const [path = '', ...others] = paths.split(', ');
  return others.join() === `${path}/*` ? path : paths;
}

/** Returns the name of the resource of a change, e.g. `service shop` or `route /api1`. */
export function resourceName(facts: PlanFacts, change: Change): string {
  const { config, found } = facts;
  const { noun, key } = change;
  const { one } = NOUN_WORDS[noun];
  const tagged = itemsOf(found, noun).get(key)?.tags[KEY_TAG] ?? key;
  switch (noun) {
    case 'services':
      return `service ${serviceOfKey(key)}`;
    case 'taskDefinitions':
      return `task definition of ${serviceOfKey(key)}`;
    case 'rules':
      return `route ${routeText(facts, change)}`;
    case 'images':
    case 'repositories':
      return `${one} of ${containerName(config, tagged)}`;
    case 'targetGroups':
      return `target group of ${containerName(config, tagged.replace(/\.alternate$/, ''))}`;
    case 'roles':
      return ROLE_NAMES[key] ?? `role of the programs of ${serviceOfRole(key) ?? key}`;
    case 'securityGroups':
      return `security group of ${key === BALANCER ? 'the load balancer' : serviceOfKey(key)}`;
    case 'privateRoutes':
      return `route table of subnet ${key}`;
    case 'listener':
      return `listener on port ${key === ONLY ? 80 : 443}`;
    case 'logGroup':
      return key === ONLY ? 'log group of the containers' : 'log group of the network';
    case 'record':
      return `record ${key === ONLY ? (config.domain?.name ?? '') : key}`.trim();
    case 'hostedZone':
      return `hosted zone ${key === ONLY ? (config.domain?.zone ?? '') : key}`.trim();
    default:
      return key === ONLY ? one : `${one} ${key}`;
  }
}

/** Returns the names of the found resources under their ids, for values of fields. */
export function namesById({ config, found }: PlanFacts): ReadonlyMap<string, string> {
  const container = (tags: { readonly [KEY_TAG]?: string }, key: string) =>
    containerName(config, (tags[KEY_TAG] ?? key).replace(/\.alternate$/, ''));
  return new Map([
    ...[...found.subnets].map(([key, { subnetId }]) => [subnetId, key] as const),
    ...[...found.securityGroups].map(
      ([key, { groupId }]) => [groupId, key === BALANCER ? 'the load balancer' : key] as const,
    ),
    ...[...found.targetGroups].map(
      ([key, { targetGroupArn, tags }]) =>
        [targetGroupArn, `target group of ${container(tags, key)}`] as const,
    ),
    ...[...found.natGateway.values()].map(({ natGatewayId }) => [natGatewayId, 'the NAT gateway'] as const),
    ...[...found.internetGateway.values()].map(
      ({ internetGatewayId }) => [internetGatewayId, 'the internet gateway'] as const,
    ),
    ...[...found.privateRoutes].map(([key, { routeTableId }]) => [routeTableId, key] as const),
    ...[...found.vpc.values()].map(({ vpcId }) => [vpcId, 'the VPC'] as const),
  ]);
}
