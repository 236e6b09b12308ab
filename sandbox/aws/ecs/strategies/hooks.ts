/** The lifecycle hooks of a deployment. A PAUSE hook waits for a call of ContinueServiceDeployment, or for its timeout. */
import type { DeploymentLifecycleHook, DeploymentLifecycleHookDetail } from '@aws-sdk/client-ecs';
import type { Region } from '../../../world/region.ts';
import type { FailureReason } from '../deployment-failures.ts';
import type { RolloutRow } from '../store.ts';
import { hookFailure } from './failures.ts';
import { timeoutOf } from './pauses.ts';
import type { ProgressRow } from './rows.ts';

const DEFAULT_TIMEOUT_MINUTES = 1440;

/**
 * Calls the hooks of the current stage, and waits until all of them have ended.
 * @returns the failure of the deployment if one of them requires a rollback
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/pause-lifecycle-hooks.html
 */
export function awaitHooks(
  region: Region,
  rollout: RolloutRow,
  progress: ProgressRow,
): FailureReason | 'waiting' | 'done' {
  if (!progress.hookIds) callHooks(region, rollout, progress);
  const details = (rollout.lifecycleHookDetails ?? []).filter(({ hookId = '' }) =>
    progress.hookIds?.includes(hookId),
  );
  for (const detail of details) expire(region, detail);
  const failed = details.find((detail) => requiresRollback(detail));
  // ECS's text for a PAUSE hook is not verified. This one is like its text for a hook that calls a function.
  if (failed)
    return hookFailure(progress.stage, `Lifecycle hook ${failed.hookId} returned ${failed.status} status.`);
  return details.every(({ status }) => status !== 'AWAITING_ACTION') ? 'done' : 'waiting';
}

const requiresRollback = ({ status, timeoutAction }: DeploymentLifecycleHookDetail): boolean =>
  status === 'FAILED' || (status === 'TIMED_OUT' && timeoutAction === 'ROLLBACK');

function callHooks(region: Region, rollout: RolloutRow, progress: ProgressRow): void {
  const { lifecycleHooks = [] } = rollout.deploymentConfiguration ?? {};
  const called = lifecycleHooks.filter(({ lifecycleStages = [] }) =>
    lifecycleStages.some((stage) => stage === progress.stage),
  );
  const details = called.map((hook) => newDetail(region, hook));
  progress.hookIds = details.map(({ hookId = '' }) => hookId);
  if (details.length > 0)
    rollout.lifecycleHookDetails = [...(rollout.lifecycleHookDetails ?? []), ...details];
}

function newDetail(
  region: Region,
  { timeoutConfiguration: timeout }: DeploymentLifecycleHook,
): DeploymentLifecycleHookDetail {
  const random = Buffer.from(region.id('h', 64).slice(2), 'hex').toString('base64url');
  const duration = timeoutOf(region, timeout?.timeoutInMinutes ?? DEFAULT_TIMEOUT_MINUTES);
  return {
    hookId: `ecs-pause-${random}`,
    targetType: 'PAUSE',
    status: 'AWAITING_ACTION',
    expiresAt: new Date(region.now().getTime() + duration),
    timeoutAction: timeout?.action ?? 'ROLLBACK',
  };
}

function expire(region: Region, detail: DeploymentLifecycleHookDetail): void {
  const isDue = (detail.expiresAt?.getTime() ?? 0) <= region.now().getTime();
  if (detail.status === 'AWAITING_ACTION' && isDue) detail.status = 'TIMED_OUT';
}
