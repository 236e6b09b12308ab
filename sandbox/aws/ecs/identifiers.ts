/** The identifiers of clusters, services, tasks and task definitions: names, ids and ARNs. Malformed ones are refused. */
import type { Region } from '../../world/region.ts';
import { clientError, invalid } from './errors.ts';
import type { ClusterRow } from './store.ts';

const NAME = /^[A-Za-z0-9_-]{1,255}$/;
const ECS_ARN = /^arn:[\w-]+:ecs:[\w-]*:\d{12}:([\w-]+)\/(.*)$/s;
const TASK_ID_LENGTHS = [32, 36];

const unexpectedSeparators = () => invalid('Invalid identifier: Unexpected number of separators');

const unsupportedType = (type: string) => invalid(`Unsupported resource type: ${type}`);

/** Refuses an invalid name. @param what `Cluster` or `Service` */
export function checkName(what: string, name: string): void {
  if (NAME.test(name)) return;
  throw invalid(
    `${what} name '${name}' is invalid: up to 255 letters, numbers, underscores, and hyphens are allowed.`,
  );
}

/**
 * Returns the parts of an ARN after the type of the resource.
 * @param what the word for the resource in ECS's messages, e.g. `Task`
 * @throws InvalidParameterException if the string is not an ARN of ECS, or is the ARN of another type of resource
 */
function partsOf(arn: string, what: string, expectedType: string): string[] {
  const [, type, rest = ''] = ECS_ARN.exec(arn) ?? [];
  if (type === undefined) throw invalid(`${what} Identifier is invalid`);
  if (type !== expectedType) throw unsupportedType(type);
  return rest.split('/');
}

/** Returns the last part of the ARN of a service or task. ARNs in the old format do not contain the cluster's name. */
function idIn(arn: string, what: string, type: string, { clusterName }: ClusterRow): string {
  const parts = partsOf(arn, what, type);
  if (parts.length > 2) throw unexpectedSeparators();
  const [cluster = clusterName, id = ''] = parts.length === 2 ? parts : [undefined, ...parts];
  if (cluster === clusterName) return id;
  throw invalid(`Invalid identifier: Identifier is for cluster ${cluster}. Your cluster is ${clusterName}`);
}

/** Returns the ARN of a cluster that is given by name or ARN. @throws InvalidParameterException */
export function clusterArnOf(region: Region, reference: string): string {
  if (!reference.startsWith('arn:')) {
    if (NAME.test(reference)) return region.arn('ecs', `cluster/${reference}`);
    throw invalid(`Cluster must match ^[a-zA-Z0-9\\-_]{1,255}$, but was ${reference}`);
  }
  if (partsOf(reference, 'Cluster', 'cluster').length > 1) throw unexpectedSeparators();
  return reference;
}

/** Returns the ARN of a service that is given by name or ARN. @throws InvalidParameterException */
export function serviceArnOf(region: Region, cluster: ClusterRow, reference: string): string {
  const isArn = reference.startsWith('arn:');
  const name = isArn ? idIn(reference, 'Service', 'service', cluster) : reference;
  if (!NAME.test(name)) throw invalid('Service Identifier is invalid');
  return region.arn('ecs', `service/${cluster.clusterName}/${name}`);
}

/** Returns the ARN of a task that is given by id or ARN. @throws InvalidParameterException */
export function taskArnOf(region: Region, cluster: ClusterRow, reference: string): string {
  const isArn = reference.startsWith('arn:');
  const id = isArn ? idIn(reference, 'Task', 'task', cluster) : reference;
  if (/[\s/:]/.test(id)) throw unexpectedSeparators();
  if (!TASK_ID_LENGTHS.includes(id.length)) {
    throw invalid(`taskId length should be one of [${TASK_ID_LENGTHS.join(',')}]`);
  }
  return region.arn('ecs', `task/${cluster.clusterName}/${id}`);
}

/**
 * Parses a family, `family:revision` or an ARN of a task definition.
 * @throws ClientException; InvalidParameterException for the ARN of another type of resource
 */
export function parseTaskDefinition(reference: string): { family: string; revision: string | undefined } {
  const isArn = reference.startsWith('arn:');
  const name = isArn ? partsOf(reference, 'Task Definition', 'task-definition').join('/') : reference;
  const [family = '', ...rest] = name.split(':');
  if (!NAME.test(family)) throw clientError('Family contains invalid characters.');
  const revision = rest.length > 0 ? rest.join(':') : undefined;
  if (revision !== undefined && !/^\d+$/.test(revision)) {
    throw clientError(`Invalid revision number. Number: ${revision}`);
  }
  return { family, revision };
}

/** Refuses anything but the ARN of a service deployment. @throws InvalidParameterException */
export function checkServiceDeploymentArn(reference: string): void {
  const parts = partsOf(reference, 'Service Deployment', 'service-deployment');
  if (parts.length !== 3 || parts.includes('')) throw unexpectedSeparators();
}
