/** The reasons for which a deployment fails: a user's request, the circuit breaker, or an alarm; each in ECS's own wording. */
import type { Region } from '../../world/region.ts';
import { hasTripped } from './breaker.ts';
import { isWatched, triggeredAlarms } from './deployment-alarms.ts';
import { rolloutOf } from './rollouts.ts';
import type { DeploymentRow, RolloutRow, ServiceRow } from './store.ts';
import { isCommitted } from './strategies/sets.ts';

/** Why a deployment fails, and whether ECS then rolls it back. */
export interface FailureReason {
  /** The end of the event `deployment failed: …`. */
  readonly event: string;
  /** The `rolloutStateReason` of the failed deployment. */
  readonly rolloutStateReason: string;
  /** The detector that the reasons of a rollback begin with. */
  readonly detector: string;
  /** The end of `Service deployment rolled back because …`. */
  readonly because: string;
  readonly rollsBack: boolean;
  readonly failedBy: NonNullable<RolloutRow['failedBy']>;
  /** The alarms that made the deployment fail. */
  readonly triggeredAlarmNames?: string[];
}

/**
 * Returns why a deployment must fail now, or undefined. A user's request comes first. A rollback or a completed deployment
 * never fails for such a request, because no service deployment is then in a requested state.
 */
export function failureOf(
  region: Region,
  service: ServiceRow,
  deployment: DeploymentRow,
): FailureReason | undefined {
  if (deployment.rolloutState !== 'IN_PROGRESS') return undefined;
  // It is too late: the previous revision is being removed, so the deployment completes.
  if (isCommitted(service, deployment)) return undefined;
  const rollout = rolloutOf(service, deployment.id);
  if (rollout?.status === 'ROLLBACK_REQUESTED') return stoppedByUser(true);
  if (rollout?.status === 'STOP_REQUESTED') return stoppedByUser(false);
  if (hasTripped(service, deployment)) return trippedBreaker(service);
  const triggered = isWatched(service, deployment) ? triggeredAlarms(region, service) : [];
  return triggered.length > 0 ? triggeredBy(service, triggered) : undefined;
}

const trippedBreaker = ({ deploymentConfiguration }: ServiceRow): FailureReason => ({
  event: 'tasks failed to start.',
  rolloutStateReason: 'ECS deployment circuit breaker: tasks failed to start.',
  detector: 'ECS deployment circuit breaker',
  because: 'the circuit breaker threshold was exceeded.',
  rollsBack: deploymentConfiguration.deploymentCircuitBreaker?.rollback === true,
  failedBy: 'breaker',
});

/** Only the event is recorded; the other wording is not verified. */
const triggeredBy = (
  { deploymentConfiguration }: ServiceRow,
  triggeredAlarmNames: string[],
): FailureReason => ({
  event: 'alarm detected.',
  rolloutStateReason: 'ECS deployment failed: alarm detected.',
  detector: 'ECS deployment failed',
  because: 'an alarm was detected.',
  rollsBack: deploymentConfiguration.alarms?.rollback === true,
  failedBy: 'alarms',
  triggeredAlarmNames,
});

/** The wording after a call of StopServiceDeployment is not verified. */
const stoppedByUser = (rollsBack: boolean): FailureReason => ({
  event: 'stopped by a user.',
  rolloutStateReason: 'ECS deployment stopped by a user.',
  detector: 'ECS deployment stopped by a user',
  because: 'a user stopped it.',
  rollsBack,
  failedBy: 'user',
});
