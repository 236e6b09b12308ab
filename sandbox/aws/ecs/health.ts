/** The health of a service's tasks, from their target groups and the health checks of their containers. */
import type { TargetRow } from '../elbv2/store.ts';
import { durations, floors } from '../../world/durations.ts';
import type { Region } from '../../world/region.ts';
import { unhealthyContainer, unhealthyTarget } from './service-events.ts';
import type { ServiceRow, TaskDefinitionRow, TaskRow } from './store.ts';
import { restoreTargets } from './task-targets.ts';

export type TaskHealth =
  | { readonly state: 'healthy' | 'waiting' }
  | {
      readonly state: 'unhealthy';
      /** The text for `stoppedReason`. */
      readonly reason: string;
      /** The text for events of the service. */
      readonly event: string;
    };

/** A task's target in a target group. */
interface Membership {
  readonly targetGroupArn: string;
  readonly port: number;
  readonly target: TargetRow | undefined;
}

/**
 * Returns the health of a task, after registering missing targets again, and records since when it has passed its checks. A task
 * is healthy when its health checks pass in all target groups and in all essential containers. A task without any checks is
 * healthy some time after it becomes RUNNING.
 * A task that is a real program must also have passed its checks for some seconds. Failures within the grace period are
 * ignored.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
 */
export function healthOf(region: Region, service: ServiceRow, task: TaskRow): TaskHealth {
  if (task.lastStatus !== 'RUNNING' || !task.startedAt) return { state: 'waiting' };
  restoreTargets(region, service, task);
  const now = region.now().getTime();
  const age = now - task.startedAt.getTime();
  const memberships = task.targets.map(({ targetGroupArn, port }) => ({
    targetGroupArn,
    port,
    target: region.elbv2.targetGroups
      .get(targetGroupArn)
      ?.targets.find((target) => target.id === task.privateIp && target.port === port),
  }));
  const failing = memberships.find(({ target }) => target?.health.State === 'unhealthy');
  task.targetFailingSince = failing && (task.targetFailingSince ?? now);
  if (age >= graceOf(region, service, task)) {
    const failure = failureOf(region, task, failing);
    if (failure) {
      task.healthySince = undefined;
      return failure;
    }
  }
  const definition = region.ecs.taskDefinitions.get(task.taskDefinitionArn);
  const isServing = memberships.every(({ target }) => canServe(target));
  const hasChecks = memberships.length > 0 || hasHealthCheck(definition);
  // A task without checks is healthy only after it has run for some time.
  const hasProof = hasChecks || age >= region.scaled(durations.taskProve);
  const passesContainerChecks = !hasHealthCheck(definition) || task.healthStatus === 'HEALTHY';
  const passesNow = isServing && hasProof && passesContainerChecks;
  task.healthySince = passesNow ? (task.healthySince ?? (hasChecks ? now : now - age)) : undefined;
  const minimum = region.plane.runsPrograms ? floors.taskProve : 0;
  const isProven = task.healthySince !== undefined && now - task.healthySince >= minimum;
  return { state: isProven ? 'healthy' : 'waiting' };
}

/** @param failing the membership of the task's unhealthy target */
function failureOf(region: Region, task: TaskRow, failing: Membership | undefined): TaskHealth | undefined {
  if (task.healthStatus === 'UNHEALTHY') {
    return {
      state: 'unhealthy',
      reason: 'Task failed container health checks',
      event: unhealthyContainer(task),
    };
  }
  if (!failing) return undefined;
  const failingMs = region.now().getTime() - (task.targetFailingSince ?? 0);
  if (region.plane.runsPrograms && failingMs < floors.targetReaction) return { state: 'waiting' };
  const { targetGroupArn, port, target } = failing;
  const why = target?.health.Description ?? target?.health.Reason ?? 'Health checks failed';
  return {
    state: 'unhealthy',
    reason: `Task failed ELB health checks in (target-group ${targetGroupArn})`,
    event: unhealthyTarget(task, port, targetGroupArn, why),
  };
}

/** Whether a target can serve: it is healthy, or its health checks are disabled. */
const canServe = (target: TargetRow | undefined): boolean =>
  target?.health.State === 'healthy' || target?.health.State === 'unavailable';

const hasHealthCheck = (definition: TaskDefinitionRow | undefined): boolean =>
  definition?.containerDefinitions?.some(({ essential, healthCheck }) => essential && healthCheck) ?? false;

/**
 * Returns the time in which failures of a task do not count, in milliseconds of the sandbox's clock: the grace period of its
 * service. Real programs get it in real time. Even without a grace period, a program that starts has as much real time as the
 * health checks of its target groups need on AWS to find it unhealthy.
 */
function graceOf(
  region: Region,
  { healthCheckGracePeriodSeconds: seconds = 0 }: ServiceRow,
  { targets, wasHealthy }: TaskRow,
): number {
  const scaled = region.scaled(seconds * 1000);
  if (!region.plane.runsPrograms) return scaled;
  const startTimes = targets.map(({ targetGroupArn }) => {
    const { UnhealthyThresholdCount: failures = 2, HealthCheckIntervalSeconds: interval = 30 } =
      region.elbv2.targetGroups.get(targetGroupArn) ?? {};
    return (failures - 1) * interval;
  });
  const startTime = wasHealthy || startTimes.length === 0 ? 0 : Math.min(...startTimes);
  return Math.max(scaled, seconds * 1000, startTime * 1000);
}
