/** Restores the version that served before: stops a failing deployment with a rollback, or updates the service back. */
import {
  StopServiceDeploymentCommand,
  UpdateServiceCommand,
  type Deployment,
  type ServiceDeployment,
  type UpdateServiceCommandInput,
} from '@aws-sdk/client-ecs';
import { isCode, messageOf } from '../../lib/aws/errors.ts';
import { failed, pending, ready } from '../../lib/engine/until.ts';
import { describeService } from '../../lib/look/services.ts';
import { isProblem } from '../../lib/model/problem.ts';
import { shownDeployment, isPrimary, isRollback, isRolledBack, taskCounts } from './deployment.ts';
import type { FollowedService, WaitContext } from './followed-service.ts';
import { bakeMs } from './bake-times.ts';

/** The outcome for the version that served before. */
export type Restoration =
  /** ECS ended the deployment itself; Slipway stopped it; or Slipway updated the service back. */
  | { readonly outcome: 'ended by ECS' | 'stopped' | 'updated back' }
  /** The deployment was completed before this run, or is only slow: nothing was done. */
  | { readonly outcome: 'unchanged' | 'still in progress' }
  /** There is no earlier version that ever ran. */
  | { readonly outcome: 'no earlier version' }
  /** Someone else has started a newer deployment, which is left alone. */
  | { readonly outcome: 'superseded' }
  /** The restoration was not finished, for this reason. */
  | { readonly outcome: 'unfinished'; readonly why: string };

/** The settings of the last revision that was deployed successfully. */
type GoodSettings = Pick<
  UpdateServiceCommandInput,
  'taskDefinition' | 'loadBalancers' | 'networkConfiguration'
>;

/**
 * Stops a deployment that cannot succeed, and waits until the previous version serves with all its tasks. The failed tasks
 * may still be stopping then.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stop-service-deployment.html
 */
export async function restore(context: WaitContext, followed: FollowedService): Promise<Restoration> {
  const { deployment, records, service } = followed;
  const good = await lastGoodSettings(context, followed);
  if (!good) return { outcome: 'no earlier version' };
  context.note(`${service.name}: cannot be deployed; the previous version is being restored`);
  const { id, createdAt } = deployment;
  const readRecord = async () => (id === undefined ? undefined : await records.of(id, createdAt));
  const record = await readRecord();
  try {
    const isStoppable = isUnfinished(record);
    const isStopped = isStoppable && (await stop(context, record));
    // ECS's circuit breaker may have been faster: before the record was read, or before the stop.
    const latest = isStoppable && !isStopped ? await readRecord() : record;
    if (latest?.status === 'ROLLBACK_SUCCESSFUL') return { outcome: 'ended by ECS' };
    const isRolledBack = isStopped && (await waitForRollback(context, followed));
    if (isNewer(await otherPrimary(context, followed), followed, good)) return { outcome: 'superseded' };
    if (isRolledBack) return { outcome: 'stopped' };
    await updateBack(context, followed, good);
    return { outcome: 'updated back' };
  } catch (error) {
    if (!isProblem(error, 'TIMEOUT', 'FAILED_STATE') && !isAwsRefusal(error)) throw error;
    return { outcome: 'unfinished', why: isProblem(error) ? error.why : messageOf(error) };
  }
}

/**
 * If ECS itself has begun a rollback, waits until all tasks of the previous version are back. Does not fail: the caller reads
 * what runs now.
 */
export async function awaitRestoration(
  context: WaitContext,
  followed: FollowedService,
): Promise<Restoration> {
  try {
    const hasOther = await context.until(
      `the previous version of ${followed.service.name} to serve`,
      'rollback',
      async () => {
        const primary = await otherPrimary(context, followed);
        if (!primary || hasAllTasks(primary)) return ready(primary !== undefined);
        if (!isRolledBack(followed.record) && !isRollback(primary)) return ready(true);
        return pending(`the previous version: ${taskCounts(primary)}`);
      },
    );
    if (!hasOther && !(await lastGoodSettings(context, followed))) return { outcome: 'no earlier version' };
  } catch (error) {
    if (!isProblem(error, 'TIMEOUT', 'FAILED_STATE')) throw error;
    return { outcome: 'unfinished', why: error.why };
  }
  return { outcome: 'ended by ECS' };
}

/** Whether an error is an answer of AWS rather than, for example, the abort of the run. */
const isAwsRefusal = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && '$metadata' in error;

const isUnfinished = (record: ServiceDeployment | undefined): record is ServiceDeployment =>
  ['PENDING', 'IN_PROGRESS', 'STOP_REQUESTED', 'ROLLBACK_REQUESTED', 'ROLLBACK_IN_PROGRESS'].includes(
    record?.status ?? '',
  );

/**
 * Returns the settings to go back to: those of the last successful deployment according to ECS's records. Without records, the
 * task definition that was deployed when this run began.
 */
async function lastGoodSettings(
  { existing }: WaitContext,
  { deployment, records }: FollowedService,
): Promise<GoodSettings | undefined> {
  const revision = await records.lastGoodRevision(deployment.id ?? '');
  if (revision?.taskDefinition !== undefined) {
    const { taskDefinition, loadBalancers, networkConfiguration } = revision;
    return { taskDefinition, loadBalancers, networkConfiguration };
  }
  const isGood = existing?.status === 'ACTIVE' && existing.rollout === 'COMPLETED';
  if (!isGood || existing.taskDefinitionArn === deployment.taskDefinitionArn) return undefined;
  return { taskDefinition: existing.taskDefinitionArn };
}

/**
 * Requests the rollback. A repeated request changes nothing, so a lost response does no harm.
 * @returns false if the deployment cannot be stopped: it has ended meanwhile, or the endpoint does not have the operation
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StopServiceDeployment.html
 */
async function stop({ aws }: WaitContext, { serviceDeploymentArn }: ServiceDeployment): Promise<boolean> {
  try {
    await aws.ecs(new StopServiceDeploymentCommand({ serviceDeploymentArn, stopType: 'ROLLBACK' }));
    return true;
  } catch (error) {
    if (!isAwsRefusal(error)) throw error;
    // Someone else may be stopping it at this moment.
    return isCode(error, 'Conflict');
  }
}

/**
 * Waits until ECS has rolled the deployment back, or until the previous version is primary again and has all its tasks.
 * @returns false if the deployment was completed before it could be stopped, or ended without a rollback
 */
const waitForRollback = (context: WaitContext, followed: FollowedService): Promise<boolean> =>
  context.until(`the rollback of ${followed.service.name}`, 'rollback', async () => {
    const { id = '', createdAt } = followed.deployment;
    const [record, primary] = await Promise.all([
      followed.records.of(id, createdAt),
      otherPrimary(context, followed),
    ]);
    const status = record?.status ?? '';
    if (status === 'ROLLBACK_SUCCESSFUL') return ready(true);
    if (['SUCCESSFUL', 'STOPPED', 'ROLLBACK_FAILED'].includes(status)) return ready(false);
    if (primary && hasAllTasks(primary)) return ready(true);
    return pending(`the rollback is ${status || 'requested'}${primary ? `, ${taskCounts(primary)}` : ''}`);
  });

/** Updates the service back to the last good settings, and waits until they are deployed. */
async function updateBack(
  context: WaitContext,
  followed: FollowedService,
  good: GoodSettings,
): Promise<void> {
  const { aws, names } = context;
  const service = names.service(followed.service);
  const response = await aws.ecs(new UpdateServiceCommand({ cluster: names.cluster, service, ...good }));
  const id = response.service?.deployments?.find(isPrimary)?.id;
  const probe = async () => {
    const current = await describeService(context, service);
    const restored = shownDeployment(current, { id });
    if (!restored) return pending('the deployment is not visible yet');
    if (restored.rolloutState === 'COMPLETED') return ready(undefined);
    if (restored.rolloutState === 'FAILED') return failed(restored.rolloutStateReason ?? 'it failed as well');
    return pending(`the previous version: ${taskCounts(restored)}`);
  };
  const extraMs = bakeMs(followed.service.deploy, response.service?.deploymentConfiguration);
  await context.until(
    `the previous version of ${followed.service.name} to serve`,
    'rollback',
    probe,
    extraMs,
  );
}

/** Whether a primary deployment is a newer one of someone else, rather than the result of a rollback. */
const isNewer = (
  primary: Deployment | undefined,
  { deployment: { createdAt } }: FollowedService,
  good: GoodSettings,
): boolean =>
  primary?.createdAt !== undefined &&
  createdAt !== undefined &&
  primary.createdAt > createdAt &&
  primary.taskDefinition !== good.taskDefinition &&
  !isRollback(primary);

const hasAllTasks = ({ runningCount = 0, desiredCount = 0 }: Deployment): boolean =>
  runningCount >= desiredCount;

/** Returns the primary deployment, if it is not the followed one. */
async function otherPrimary(
  context: WaitContext,
  { service, deployment }: FollowedService,
): Promise<Deployment | undefined> {
  const current = await describeService(context, context.names.service(service));
  const primary = current?.deployments?.find(isPrimary);
  return primary === shownDeployment(current, deployment) ? undefined : primary;
}
