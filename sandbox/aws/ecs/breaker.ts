/** When too many tasks have failed: the deployment circuit breaker, and the throttle of services without one. */
import type { Region } from '../../world/region.ts';
import type { DeploymentRow, ServiceRow } from './store.ts';

const LEAST = 3;
const MOST = 200;
const PERCENT = 50;

/**
 * How many failures in a row are too many: half of the desired count, but at least 3 and at most 200, unless told.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
 */
export function failureThreshold({
  desiredCount,
  deploymentConfiguration,
}: Pick<ServiceRow, 'desiredCount' | 'deploymentConfiguration'>): number {
  const { type = 'BOUNDED_PERCENT', value = PERCENT } =
    deploymentConfiguration.deploymentCircuitBreaker?.thresholdConfiguration ?? {};
  if (type === 'COUNT') return value;
  const share = Math.max(1, Math.ceil((desiredCount * value) / 100));
  return type === 'UNBOUNDED_PERCENT' ? share : Math.min(MOST, Math.max(LEAST, share));
}

/** Whether the breaker has to stop a deployment: never one that was completed. */
export const hasTripped = (service: ServiceRow, { rolloutState, failedTasks }: DeploymentRow): boolean =>
  service.deploymentConfiguration.deploymentCircuitBreaker?.enable === true &&
  rolloutState === 'IN_PROGRESS' &&
  failedTasks >= failureThreshold(service);

/** A task has become healthy: the count starts anew, unless the service wants it otherwise. */
export function forgive(service: ServiceRow, deployment: DeploymentRow): void {
  if (service.deploymentConfiguration.deploymentCircuitBreaker?.resetOnHealthyTask === false) return;
  deployment.failedTasks = 0;
  deployment.restUntil = undefined;
}

const FIRST_REST_MS = 30_000;
const LONGEST_REST_MS = 27 * 60_000;

/**
 * Tasks that never reach RUNNING are started at ever longer intervals; AWS does not say which, only that the longest is
 * 27 minutes. The first few cost nothing.
 * @returns whether the deployment is throttled now
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html
 */
export function throttle(region: Region, deployment: DeploymentRow): boolean {
  const excess = deployment.failedTasks - LEAST;
  if (excess < 0) return false;
  const rest = Math.min(LONGEST_REST_MS, FIRST_REST_MS * 2 ** Math.min(excess, 10));
  deployment.restUntil = region.now().getTime() + region.scaled(rest);
  return true;
}
