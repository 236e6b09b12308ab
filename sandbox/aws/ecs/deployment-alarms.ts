/** The CloudWatch alarms of a deployment: those that make it fail, and how long they are watched after it is steady. */
import type { Region } from '../../world/region.ts';
import type { DeploymentRow, ServiceRow } from './store.ts';

/** The longest bake time that ECS computes on its own: it is under five minutes. */
const MAX_COMPUTED_MS = 5 * 60_000;
/** The shortest bake time in real time, in milliseconds. Real programs and metrics need it, even when AWS time runs faster. */
const MIN_BAKE_MS = 3_000;

type AlarmedService = Pick<ServiceRow, 'deploymentConfiguration'>;

/** Returns the alarms of a service that are in the state ALARM now. An alarm that does not exist is not one of them. */
export function triggeredAlarms(region: Region, { deploymentConfiguration }: AlarmedService): string[] {
  const { enable, alarmNames = [] } = deploymentConfiguration.alarms ?? {};
  if (!enable) return [];
  return alarmNames.filter((name) => region.cloudwatch.alarms.get(name)?.StateValue === 'ALARM');
}

/**
 * Whether ECS watches the alarms of a deployment. If one of them is in the state ALARM when the deployment starts, ECS ignores
 * all of them for this deployment.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html
 */
export const isWatched = (service: AlarmedService, { ignoresAlarms, isRollback }: DeploymentRow): boolean =>
  service.deploymentConfiguration.alarms?.enable === true && !ignoresAlarms && !isRollback;

/**
 * Returns the bake time of a deployment, in milliseconds of the sandbox's clock: how long a steady deployment remains in
 * progress. `bakeTimeInMinutes` sets it. Otherwise it is the longest time in which one of the alarms detects a failure.
 */
export function bakeTimeOf(region: Region, service: ServiceRow, deployment: DeploymentRow): number {
  if (deployment.isRollback) return 0;
  const { bakeTimeInMinutes = 0, alarms } = service.deploymentConfiguration;
  const given = bakeTimeInMinutes * 60_000;
  const hasComputed = !service.hasBakeTime && isWatched(service, deployment);
  const ms = hasComputed ? computedBakeTime(region, alarms?.alarmNames ?? []) : given;
  const scaled = region.scaled(ms);
  return scaled === 0 ? 0 : Math.max(scaled, Math.min(ms, MIN_BAKE_MS));
}

function computedBakeTime(region: Region, alarmNames: readonly string[]): number {
  const times = alarmNames.map((name) => {
    const { Period = 60, EvaluationPeriods = 1 } = region.cloudwatch.alarms.get(name) ?? {};
    return Period * EvaluationPeriods * 1000;
  });
  return Math.min(MAX_COMPUTED_MS, Math.max(0, ...times));
}
