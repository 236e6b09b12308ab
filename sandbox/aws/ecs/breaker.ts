/** The deployment circuit breaker, and the throttle of deployments whose tasks fail to start. */
import type { Region } from '../../world/region.ts';
import type { DeploymentRow, ServiceRow } from './store.ts';

const MIN_FAILURES = 3;
const MAX_FAILURES = 200;
const DEFAULT_PERCENT = 50;

/**
 * Returns the number of consecutive failures that trips the breaker: by default half of the desired count, but at least 3 and
 * at most 200.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
 */
export function failureThreshold({
  desiredCount,
  deploymentConfiguration,
}: Pick<ServiceRow, 'desiredCount' | 'deploymentConfiguration'>): number {
  const { type = 'BOUNDED_PERCENT', value = DEFAULT_PERCENT } =
    deploymentConfiguration.deploymentCircuitBreaker?.thresholdConfiguration ?? {};
  if (type === 'COUNT') return value;
  const failureCount = Math.max(1, Math.ceil((desiredCount * value) / 100));
  return type === 'UNBOUNDED_PERCENT'
    ? failureCount
    : Math.min(MAX_FAILURES, Math.max(MIN_FAILURES, failureCount));
}

export const isBreakerEnabled = ({
  deploymentConfiguration,
}: Pick<ServiceRow, 'deploymentConfiguration'>): boolean =>
  deploymentConfiguration.deploymentCircuitBreaker?.enable === true;

/** Whether the breaker must stop a deployment. A completed deployment is never stopped. */
export const hasTripped = (service: ServiceRow, { rolloutState, failedTasks }: DeploymentRow): boolean =>
  isBreakerEnabled(service) && rolloutState === 'IN_PROGRESS' && failedTasks >= failureThreshold(service);

/** Resets the count of failures when a task becomes healthy, unless the service's configuration disables the reset. */
export function resetFailures(service: ServiceRow, deployment: DeploymentRow): void {
  if (service.deploymentConfiguration.deploymentCircuitBreaker?.resetOnHealthyTask === false) return;
  deployment.failedTasks = 0;
  deployment.pausedUntil = undefined;
}

const FIRST_PAUSE_MS = 30_000;
const MAX_PAUSE_MS = 27 * 60_000;

/**
 * Throttles a deployment whose tasks never reach RUNNING: after a few failures, tasks are started at growing intervals.
 * AWS documents only the longest interval, 27 minutes.
 * @returns whether the deployment is throttled now
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html
 */
export function throttle(region: Region, deployment: DeploymentRow): boolean {
  const excess = deployment.failedTasks - MIN_FAILURES;
  if (excess < 0) return false;
  const pause = Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(excess, 10));
  deployment.pausedUntil = region.now().getTime() + region.scaled(pause);
  return true;
}
