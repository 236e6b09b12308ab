/** Reads the history of a service: its deployments and their revisions, and the revisions of its task definition. */
import {
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  type Deployment,
  type ServiceDeployment,
  type ServiceRevision,
} from '@aws-sdk/client-ecs';
import { batchesOf } from '../lib/aws/batches.ts';
import type { Aws } from '../lib/aws/clients.ts';
import {
  describeRevision,
  revisionNumber,
  revisionsOf,
  type Revision,
} from '../lib/aws/task-definition-revisions.ts';
import type { Names } from '../lib/derive/names.ts';
import { STACK_TAG } from '../lib/derive/tags.ts';
import { areRecordsUnavailable, listDeployments } from '../lib/look/service-deployments.ts';
import { describeServices } from '../lib/look/services.ts';

/** The facts from which the history of a service is derived. */
export interface HistoryFacts {
  /** The deployments of the last 90 days; undefined if no records can be read. */
  readonly deployments: readonly ServiceDeployment[] | undefined;
  /** The service revisions that these deployments deploy. */
  readonly serviceRevisions: readonly ServiceRevision[];
  /** The revisions of the task definition that belong to the stack or were deployed, the newest first. */
  readonly definitions: readonly Revision[];
  /** The number of older revisions that were not described. */
  readonly olderCount: number;
  /** The deployments that have tasks now. */
  readonly current: readonly Deployment[];
  /** When the ECS service was created. ECS deletes the records of a service together with the service. */
  readonly createdAt: Date | undefined;
}

/** The context of the reads. */
export interface HistoryContext {
  readonly aws: Aws;
  readonly names: Pick<Names, 'stack' | 'cluster' | 'family'>;
}

/** The maximum number of ARNs per call. */
const BATCH_SIZE = 20;
/** The maximum number of revisions to describe. Repositories keep as many images. */
const MAX_REVISIONS = 30;

/**
 * Reads the history of a service.
 * @param key the name of the service in the configuration
 * @param serviceName the name of the service in ECS; undefined if no such service exists
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html
 */
export async function readHistory(
  { aws, names }: HistoryContext,
  key: string,
  serviceName: string | undefined,
): Promise<HistoryFacts> {
  const { cluster } = names;
  const [recorded, described, revisions] = await Promise.all([
    serviceName === undefined ? undefined : readDeployments(aws, cluster, serviceName),
    serviceName === undefined ? [] : describeServices(aws, cluster, [serviceName]),
    readDefinitions(aws, names, key),
  ]);
  const { deployments, serviceRevisions } = recorded ?? { deployments: undefined, serviceRevisions: [] };
  const deployed = new Set(serviceRevisions.map(({ taskDefinition }) => taskDefinition));
  return {
    deployments,
    serviceRevisions,
    definitions: revisions.described.filter(
      ({ arn, tags }) => tags[STACK_TAG] === names.stack || deployed.has(arn),
    ),
    olderCount: revisions.olderCount,
    current: described[0]?.deployments ?? [],
    createdAt: described[0]?.createdAt,
  };
}

/** Reads the deployments of a service, with their service revisions. Undefined if no records can be read. */
async function readDeployments(
  aws: Aws,
  cluster: string,
  service: string,
): Promise<Pick<HistoryFacts, 'deployments' | 'serviceRevisions'> | undefined> {
  try {
    const listed = await listDeployments(aws, cluster, service);
    const deployments = await inBatches(
      listed.flatMap(({ serviceDeploymentArn = [] }) => serviceDeploymentArn),
      async (serviceDeploymentArns) =>
        (await aws.ecs(new DescribeServiceDeploymentsCommand({ serviceDeploymentArns }))).serviceDeployments,
    );
    const revisionArns = new Set(
      deployments.flatMap(({ targetServiceRevision }) => targetServiceRevision?.arn ?? []),
    );
    const serviceRevisions = await inBatches(
      [...revisionArns],
      async (serviceRevisionArns) =>
        (await aws.ecs(new DescribeServiceRevisionsCommand({ serviceRevisionArns }))).serviceRevisions,
    );
    return { deployments, serviceRevisions };
  } catch (error) {
    if (areRecordsUnavailable(error)) return undefined;
    throw error;
  }
}

async function inBatches<T>(
  arns: readonly string[],
  describe: (batch: string[]) => Promise<T[] | undefined>,
): Promise<T[]> {
  const described = await Promise.all(batchesOf(arns, BATCH_SIZE).map((batch) => describe([...batch])));
  return described.flatMap((rows) => rows ?? []);
}

/** Describes the newest revisions of a task definition, active and inactive ones. */
async function readDefinitions(
  aws: Aws,
  names: HistoryContext['names'],
  key: string,
): Promise<{ described: Revision[]; olderCount: number }> {
  const family = names.family(key);
  const [active, inactive] = await Promise.all([
    revisionsOf(aws, family, 'ACTIVE'),
    revisionsOf(aws, family, 'INACTIVE'),
  ]);
  const newestFirst = [...new Set([...active, ...inactive])].sort(
    (a, b) => revisionNumber(b) - revisionNumber(a),
  );
  const newest = newestFirst.slice(0, MAX_REVISIONS);
  const described = await Promise.all(newest.map((arn) => describeRevision(aws, arn)));
  return {
    described: described.filter((revision) => revision !== undefined),
    olderCount: newestFirst.length - newest.length,
  };
}
