/** The reasons for which a deployment fails: a user's request, the circuit breaker, or an alarm; each in ECS's own wording. */
import { hasTripped } from './breaker.ts';
import { rolloutOf } from './rollouts.ts';
import type { DeploymentRow, RolloutRow, ServiceRow } from './store.ts';

/** Why a deployment fails, and whether ECS then rolls it back. */
export interface DeploymentFailure {
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
}

/**
 * Returns why a deployment must fail now, or undefined. A user's request comes first. A rollback or a completed deployment
 * never fails for such a request, because no service deployment is then in a requested state.
 */
export function failureOf(service: ServiceRow, deployment: DeploymentRow): DeploymentFailure | undefined {
  if (deployment.rolloutState !== 'IN_PROGRESS') return undefined;
  const rollout = rolloutOf(service, deployment.id);
  if (rollout?.status === 'ROLLBACK_REQUESTED') return stoppedByUser(true);
  if (rollout?.status === 'STOP_REQUESTED') return stoppedByUser(false);
  if (!hasTripped(service, deployment)) return undefined;
  return {
    event: 'tasks failed to start.',
    rolloutStateReason: 'ECS deployment circuit breaker: tasks failed to start.',
    detector: 'ECS deployment circuit breaker',
    because: 'the circuit breaker threshold was exceeded.',
    rollsBack: service.deploymentConfiguration.deploymentCircuitBreaker?.rollback === true,
    failedBy: 'breaker',
  };
}

/** The wording after a call of StopServiceDeployment is not verified. */
const stoppedByUser = (rollsBack: boolean): DeploymentFailure => ({
  event: 'stopped by a user.',
  rolloutStateReason: 'ECS deployment stopped by a user.',
  detector: 'ECS deployment stopped by a user',
  because: 'a user stopped it.',
  rollsBack,
  failedBy: 'user',
});
