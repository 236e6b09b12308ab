/** Finds clusters, services, task definitions and tasks by name, id or ARN. */
import type { Region } from '../../world/region.ts';
import { pageOf, type PageRules } from '../paging.ts';
import { clusterInactive, clusterNotFound, invalid, serviceNotFound } from './errors.ts';
import type { ClusterRow, ServiceRow, TaskDefinitionRow, TaskRow } from './store.ts';

/** Returns the part of a name or ARN after the last slash, or the whole string if it contains no slash. */
export const shortName = (reference: string): string => reference.slice(reference.lastIndexOf('/') + 1);

const NAME = /^[A-Za-z0-9_-]{1,255}$/;

/** Refuses an invalid name. @param what `Cluster` or `Service` */
export function checkName(what: string, name: string): void {
  if (NAME.test(name)) return;
  throw invalid(
    `${what} name '${name}' is invalid: up to 255 letters, numbers, underscores, and hyphens are allowed.`,
  );
}

/** Returns a new number of 19 digits, as in ECS's deployment ids. */
export const newDecimalId = (region: Region): string =>
  (BigInt(`0x${region.id('n', 16).slice(2)}`) % 10n ** 19n).toString().padStart(19, '0');

/** Returns a new id of 32 hexadecimal digits, as in ECS's task ids. */
export const newTaskId = (region: Region): string => region.uuid().replaceAll('-', '');

/** Returns a cluster in any state. @throws ClusterNotFoundException */
export function clusterOf(region: Region, reference = 'default'): ClusterRow {
  const arn = reference.startsWith('arn:') ? reference : region.arn('ecs', `cluster/${reference}`);
  const cluster = region.ecs.clusters.get(arn);
  if (!cluster) throw clusterNotFound();
  return cluster;
}

/** Returns an ACTIVE cluster. @throws ClusterNotFoundException, also for an INACTIVE cluster */
export function activeClusterOf(region: Region, reference?: string): ClusterRow {
  const cluster = clusterOf(region, reference);
  if (cluster.status !== 'ACTIVE') throw clusterInactive();
  return cluster;
}

export const serviceArn = (region: Region, cluster: ClusterRow, name: string): string =>
  region.arn('ecs', `service/${cluster.clusterName}/${name}`);

/** Returns a service of the cluster in any state, or undefined. */
export function findService(region: Region, cluster: ClusterRow, reference = ''): ServiceRow | undefined {
  const arn = reference.startsWith('arn:') ? reference : serviceArn(region, cluster, reference);
  const service = region.ecs.services.get(arn);
  return service?.clusterArn === cluster.clusterArn ? service : undefined;
}

/** Returns a service of the cluster in any state. @throws ServiceNotFoundException */
export function serviceOf(region: Region, cluster: ClusterRow, reference?: string): ServiceRow {
  const service = findService(region, cluster, reference);
  if (!service) throw serviceNotFound();
  return service;
}

/** Returns a task definition by `family:revision` or ARN. A family alone refers to its newest ACTIVE revision. */
export function findTaskDefinition(region: Region, reference = ''): TaskDefinitionRow | undefined {
  const name = shortName(reference);
  if (name.includes(':')) return region.ecs.taskDefinitions.get(region.arn('ecs', `task-definition/${name}`));
  return region.ecs.taskDefinitions
    .filter(({ family, status }) => family === name && status === 'ACTIVE')
    .sort((one, other) => other.revision - one.revision)[0];
}

/** Returns a task of the cluster by id or ARN, or undefined. */
export function findTask(region: Region, cluster: ClusterRow, reference = ''): TaskRow | undefined {
  const task = region.ecs.tasks.get(
    reference.startsWith('arn:') ? reference : region.arn('ecs', `task/${cluster.clusterName}/${reference}`),
  );
  return task?.clusterArn === cluster.clusterArn ? task : undefined;
}

const pageRules = (max: number): PageRules => ({
  defaultSize: max,
  sizes: { min: 1, max, invalid: () => invalid(`maxResults must be between 1 and ${max}.`) },
  invalidToken: () => invalid('Invalid token.'),
});
const PAGE_RULES = pageRules(100);
const SMALL_PAGE_RULES = pageRules(10);

/** Returns one page of a list, with at most 100 rows. @throws InvalidParameterException for an invalid size or token */
export const page = <Row>(rows: Row[], size?: number, token?: string): EcsPage<Row> =>
  pageBy(PAGE_RULES, rows, size, token);

/** Returns one page of a list, with at most 10 rows. @throws InvalidParameterException for an invalid size or token */
export const pageOfTen = <Row>(rows: Row[], size?: number, token?: string): EcsPage<Row> =>
  pageBy(SMALL_PAGE_RULES, rows, size, token);

interface EcsPage<Row> {
  rows: Row[];
  nextToken?: string;
}

function pageBy<Row>(rules: PageRules, rows: Row[], size?: number, token?: string): EcsPage<Row> {
  // An empty token means the first page.
  const { rows: rowsOfPage, next } = pageOf(rows, size, token || undefined, rules);
  return { rows: rowsOfPage, nextToken: next };
}
