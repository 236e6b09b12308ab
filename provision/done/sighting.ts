/** Reads the tasks of the followed deployment and their targets, during the wait for a service. */
import type { Task } from '@aws-sdk/client-ecs';
import {
  DescribeTargetHealthCommand,
  type TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { isRouted, type RoutedContainer, type Service } from '../../lib/config/config.ts';
import { pairOf } from '../../lib/derive/target-group-pairs.ts';
import type { ApplyContext } from '../../lib/engine/step.ts';
import { addressesOf, batchedTasksOf, tasksOfDeployment } from '../../lib/look/tasks.ts';
import type { Ids } from '../../lib/model/architecture.ts';
import type { Items } from '../../lib/model/resources.ts';
import type { FollowedDeployment } from './deployment.ts';

/** A container with too few healthy targets. */
export interface UnhealthyContainer {
  readonly container: RoutedContainer;
  readonly targets: readonly TargetHealthDescription[];
  readonly healthyCount: number;
}

/** The tasks of a service and their targets, as one probe has found them. */
export interface Sighting {
  /** All tasks of the service, whatever their deployment. */
  readonly tasks: readonly Task[];
  /** The running tasks of the followed deployment. */
  readonly running: readonly Task[];
  /** The tasks of the followed deployment that failed, latest first. */
  readonly ended: readonly Task[];
  readonly unhealthy: readonly UnhealthyContainer[];
  /** The targets of every routed container, by its key. */
  readonly targets: ReadonlyMap<string, readonly TargetHealthDescription[]>;
}

/** The stop reasons of tasks that ECS replaces because a health check failed. */
const FAILED_CHECK = /failed (container|ELB) health checks/i;

/**
 * Whether a task failed: it exited, was killed for lack of memory, did not start, or failed a health check. ECS and users
 * stop all other tasks.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
 */
export const hasFailed = ({ stopCode, stoppedReason = '' }: Task): boolean =>
  stopCode === 'EssentialContainerExited' ||
  stopCode === 'TaskFailedToStart' ||
  (stopCode === 'ServiceSchedulerInitiated' && FAILED_CHECK.test(stoppedReason));

/**
 * Reads the tasks and the targets of a service. Tasks that cannot be read are left out.
 * @param count how many tasks the service should run
 */
export async function sight(
  context: Pick<ApplyContext<'services'>, 'aws' | 'names' | 'clock'>,
  service: Service,
  followed: FollowedDeployment,
  { count, groups }: { readonly count: number; readonly groups: Items<Ids['targetGroups']> },
): Promise<Sighting> {
  const tasks = await batchedTasksOf(context, context.names.service(service)).catch((): Task[] => []);
  const ours = tasksOfDeployment(tasks, followed);
  const running = ours.filter(
    ({ lastStatus, desiredStatus = 'RUNNING' }) => lastStatus === 'RUNNING' && desiredStatus === 'RUNNING',
  );
  const ended = ours.filter(hasFailed);
  const addresses = new Set(running.flatMap(addressesOf));
  const routed = count > 0 ? service.containers.filter(isRouted) : [];
  const containers = await Promise.all(
    routed.map(async (container) => {
      const targetsPerGroup = await Promise.all(
        pairOf(groups, container.key).map(async ({ targetGroupArn: TargetGroupArn }) => {
          const response = await context.aws.elbv2(new DescribeTargetHealthCommand({ TargetGroupArn }));
          return response.TargetHealthDescriptions ?? [];
        }),
      );
      const counts = targetsPerGroup.map((targets) => targets.filter(isHealthyIn(addresses)).length);
      return { container, targets: targetsPerGroup.flat(), healthyCount: Math.max(0, ...counts) };
    }),
  );
  return {
    tasks,
    running,
    ended,
    unhealthy: containers.filter(({ healthyCount }) => healthyCount < count),
    targets: new Map(containers.map(({ container, targets }) => [container.key, targets])),
  };
}

/** Whether a target is healthy and belongs to one of the addresses. Without addresses, every healthy target counts. */
const isHealthyIn =
  (addresses: ReadonlySet<string>) =>
  ({ Target, TargetHealth }: TargetHealthDescription): boolean =>
    TargetHealth?.State === 'healthy' && (addresses.size === 0 || addresses.has(Target?.Id ?? ''));
