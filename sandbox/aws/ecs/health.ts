/** The health of a service's tasks, from their target groups and the health checks of their containers. */
import type { TargetRow } from '../elbv2/store.ts';
import { durations } from '../../world/durations.ts';
import type { Region } from '../../world/region.ts';
import { unhealthyContainer, unhealthyTarget } from './service-events.ts';
import type { ServiceRow, TaskDefinitionRow, TaskRow } from './store.ts';

/** The shortest grace period: real processes need real time to start, even when AWS time runs faster. */
const MIN_GRACE_MS = 5_000;

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
 * Returns the health of a task. A task is healthy when its health checks pass in all target groups and in all essential
 * containers. A task without any checks is healthy some time after it becomes RUNNING. Failures within the grace period are
 * ignored.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
 */
export function healthOf(region: Region, service: ServiceRow, task: TaskRow): TaskHealth {
  if (task.lastStatus !== 'RUNNING' || !task.startedAt) return { state: 'waiting' };
  const age = region.now().getTime() - task.startedAt.getTime();
  const memberships = task.targets.map(({ targetGroupArn, port }) => ({
    targetGroupArn,
    port,
    target: region.elbv2.targetGroups
      .get(targetGroupArn)
      ?.targets.find((target) => target.id === task.privateIp && target.port === port),
  }));
  if (age >= graceOf(region, service)) {
    const failure = failureOf(task, memberships);
    if (failure) return failure;
  }
  const definition = region.ecs.taskDefinitions.get(task.taskDefinitionArn);
  const isServing = memberships.every(({ target }) => canServe(target));
  // A task without checks is healthy only after it has run for some time.
  const hasProof = memberships.length > 0 || hasHealthCheck(definition) || hasRunLongEnough(region, age);
  const passesContainerChecks = !hasHealthCheck(definition) || task.healthStatus === 'HEALTHY';
  return { state: isServing && hasProof && passesContainerChecks ? 'healthy' : 'waiting' };
}

function failureOf(task: TaskRow, memberships: readonly Membership[]): TaskHealth | undefined {
  if (task.healthStatus === 'UNHEALTHY') {
    return {
      state: 'unhealthy',
      reason: 'Task failed container health checks',
      event: unhealthyContainer(task),
    };
  }
  const unhealthy = memberships.find(({ target }) => target?.health.State === 'unhealthy');
  if (!unhealthy) return undefined;
  const { targetGroupArn, port, target } = unhealthy;
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

const hasRunLongEnough = (region: Region, age: number): boolean => age >= region.scaled(durations.taskProve);

function graceOf(region: Region, { healthCheckGracePeriodSeconds: seconds = 0 }: ServiceRow): number {
  const scaled = region.scaled(seconds * 1000);
  return region.plane.checksTargets ? Math.max(scaled, Math.min(seconds * 1000, MIN_GRACE_MS)) : scaled;
}
