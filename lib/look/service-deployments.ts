/** Reads ECS's service deployments: the records of how each deployment of a service proceeds and ends. */
import {
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  ListServiceDeploymentsCommand,
  type ServiceDeployment,
  type ServiceDeploymentBrief,
  type ServiceRevision,
} from '@aws-sdk/client-ecs';
import { isAccessDenied, isCode, isUnimplemented } from '../aws/errors.ts';
import { allPages } from '../aws/pages.ts';
import { revisionNumber } from '../aws/task-definition-revisions.ts';
import type { LookContext } from './context.ts';

/** Reads the records of one service. A record that cannot be read is undefined. */
export interface DeploymentRecords {
  /**
   * Returns the record of a deployment.
   * @param id the id in the service's `deployments`, such as `ecs-svc/1234567890123456789`
   * @param createdAt when the deployment was created; records from long before are not listed
   */
  of(id: string, createdAt?: Date): Promise<ServiceDeployment | undefined>;
  /** Returns the record of the newest deployment, which may have ended long ago. */
  newest(): Promise<ServiceDeployment | undefined>;
  /** Returns the revision of the newest deployment that succeeded, other than the deployment with the given id. */
  lastGoodRevision(exceptId: string): Promise<ServiceRevision | undefined>;
  /** Whether an earlier revision of a task definition was deployed successfully, so that a rollback can restore it. */
  hasEarlierGood(taskDefinitionArn: string): Promise<boolean>;
}

/** A deployment and its record are created some hundred milliseconds apart. */
const MARGIN_MS = 60_000;

/** The maximum number of service revisions per call. */
const MAX_REVISIONS = 20;

/** Whether a service revision belongs to a deployment: both ids end in the same decimal number. */
const isRevisionOf = (revisionArn: string | undefined, id: string): boolean =>
  revisionArn !== undefined && revisionArn.split('/').at(-1) === id.split('/').at(-1);

/**
 * Makes a reader of the records of one service. Some endpoints do not have these records, and a policy may forbid reading
 * them. The reader then sends no further calls.
 * @param service its name in ECS
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html
 */
export function deploymentRecords(
  { aws, names: { cluster } }: Pick<LookContext, 'aws' | 'names'>,
  service: string,
): DeploymentRecords {
  let areAvailable = true;
  const arns = new Map<string, string>();
  const ifAvailable = async <T>(read: () => Promise<T | undefined>): Promise<T | undefined> => {
    if (!areAvailable) return undefined;
    try {
      return await read();
    } catch (error) {
      areAvailable = !areRecordsUnavailable(error);
      return undefined;
    }
  };
  const list = (after?: Date) => listDeployments(aws, cluster, service, after);
  const describe = async (arn: string | undefined): Promise<ServiceDeployment | undefined> => {
    if (arn === undefined) return undefined;
    const { serviceDeployments = [] } = await aws.ecs(
      new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [arn] }),
    );
    return serviceDeployments[0];
  };
  const revisions = async (serviceRevisionArns: string[]): Promise<ServiceRevision[]> =>
    (await aws.ecs(new DescribeServiceRevisionsCommand({ serviceRevisionArns }))).serviceRevisions ?? [];
  return {
    of: (id, createdAt) =>
      ifAvailable(async () => {
        const known = arns.get(id);
        const find = async () =>
          (await list(createdAt)).find((one) => isRevisionOf(one.targetServiceRevisionArn, id));
        const arn = known ?? (await find())?.serviceDeploymentArn;
        if (arn !== undefined) arns.set(id, arn);
        return describe(arn);
      }),
    newest: () => ifAvailable(async () => describe((await list())[0]?.serviceDeploymentArn)),
    lastGoodRevision: (exceptId) =>
      ifAvailable(async () => {
        const good = (await list()).find(
          ({ status, targetServiceRevisionArn }) =>
            status === 'SUCCESSFUL' && !isRevisionOf(targetServiceRevisionArn, exceptId),
        );
        if (good?.targetServiceRevisionArn === undefined) return undefined;
        return (await revisions([good.targetServiceRevisionArn]))[0];
      }),
    hasEarlierGood: async (taskDefinitionArn) => {
      const hasEarlier = await ifAvailable(async () => {
        const good = (await list()).filter(({ status }) => status === 'SUCCESSFUL');
        const arns = good.flatMap(({ targetServiceRevisionArn = [] }) => targetServiceRevisionArn);
        const deployed = arns.length === 0 ? [] : await revisions(arns.slice(0, MAX_REVISIONS));
        return deployed.some(
          ({ taskDefinition = '' }) => revisionNumber(taskDefinition) < revisionNumber(taskDefinitionArn),
        );
      });
      return hasEarlier ?? false;
    },
  };
}

/**
 * Lists the records of a service, the newest first.
 * @param after leaves out the deployments that were created long before this time
 */
export async function listDeployments(
  aws: LookContext['aws'],
  cluster: string,
  service: string,
  after?: Date,
): Promise<ServiceDeploymentBrief[]> {
  const createdAt = after && { after: new Date(after.getTime() - MARGIN_MS) };
  const listed = await allPages(async (nextToken) => {
    const page = await aws.ecs(
      new ListServiceDeploymentsCommand({ cluster, service, createdAt, maxResults: 100, nextToken }),
    );
    return { items: page.serviceDeployments ?? [], next: page.nextToken };
  });
  return listed.sort((a, b) => (b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0));
}

/** Whether an error means that no record can be read here, now or later. */
export const areRecordsUnavailable = (error: unknown): boolean =>
  isUnimplemented(error) ||
  isAccessDenied(error) ||
  isCode(error, 'UnsupportedFeature', 'NotImplemented', 'InvalidAction', 'UnknownOperation');
