/** Finds clusters, services, task definitions and tasks by name, id or ARN. */
import type { Region } from '../../world/region.ts';
import { pageOf, type PageRules } from '../paging.ts';
import { clusterInactive, clusterNotFound, invalid, serviceNotFound } from './errors.ts';
import { clusterArnOf, parseTaskDefinition, serviceArnOf, taskArnOf } from './identifiers.ts';
import type { ClusterRow, ServiceRow, TaskDefinitionRow, TaskRow } from './store.ts';

/** Returns the part of a name or ARN after the last slash, or the whole string if it contains no slash. */
export const shortName = (reference: string): string => reference.slice(reference.lastIndexOf('/') + 1);

/** Returns a new number of 19 digits, as in ECS's deployment ids. */
export const newDecimalId = (region: Region): string =>
  (BigInt(`0x${region.id('n', 16).slice(2)}`) % 10n ** 19n).toString().padStart(19, '0');

/** Returns a new id of 32 hexadecimal digits, as in ECS's task ids. */
export const newTaskId = (region: Region): string => region.uuid().replaceAll('-', '');

/** Returns a cluster in any state. @throws ClusterNotFoundException */
export function clusterOf(region: Region, reference = 'default'): ClusterRow {
  const cluster = region.ecs.clusters.get(clusterArnOf(region, reference));
  if (!cluster) throw clusterNotFound();
  return cluster;
}

/** Returns an ACTIVE cluster. @throws ClusterNotFoundException, also for an INACTIVE cluster */
export function activeClusterOf(region: Region, reference?: string): ClusterRow {
  const cluster = clusterOf(region, reference);
  if (cluster.status !== 'ACTIVE') throw clusterInactive();
  return cluster;
}

/** Returns a service of the cluster in any state, or undefined. @throws InvalidParameterException */
export const findService = (region: Region, cluster: ClusterRow, reference = ''): ServiceRow | undefined =>
  region.ecs.services.get(serviceArnOf(region, cluster, reference));

/** Returns a service of the cluster in any state. @throws ServiceNotFoundException */
export function serviceOf(region: Region, cluster: ClusterRow, reference?: string): ServiceRow {
  const service = findService(region, cluster, reference);
  if (!service) throw serviceNotFound();
  return service;
}

/**
 * Returns a task definition by `family:revision` or ARN. A family alone refers to its newest ACTIVE revision.
 * @throws ClientException, InvalidParameterException for a malformed reference
 */
export function findTaskDefinition(region: Region, reference: string): TaskDefinitionRow | undefined {
  const { family, revision } = parseTaskDefinition(reference);
  if (revision !== undefined) {
    return region.ecs.taskDefinitions.get(region.arn('ecs', `task-definition/${family}:${revision}`));
  }
  return region.ecs.taskDefinitions
    .filter((row) => row.family === family && row.status === 'ACTIVE')
    .sort((one, other) => other.revision - one.revision)[0];
}

/** Returns a task of the cluster by id or ARN, or undefined. @throws InvalidParameterException */
export const findTask = (region: Region, cluster: ClusterRow, reference = ''): TaskRow | undefined =>
  region.ecs.tasks.get(taskArnOf(region, cluster, reference));

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
