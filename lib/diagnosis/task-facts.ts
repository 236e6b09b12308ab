/** Converts ECS's and the load balancer's descriptions to facts. Pure. */
import type { Task } from '@aws-sdk/client-ecs';
import type { TargetHealthDescription } from '@aws-sdk/client-elastic-load-balancing-v2';
import { addressesOf, idOfTask } from '../look/tasks.ts';
import type { ContainerFacts, TargetFacts, TaskFacts } from './facts.ts';

/** The facts about a container that ECS does not report. */
export type Extras = Pick<ContainerFacts, 'log' | 'listeners'>;

/** @param extrasOf returns what is known about a container by its name */
export const taskFacts = (task: Task, extrasOf: (container: string) => Extras): TaskFacts => ({
  id: idOfTask(task),
  status: task.lastStatus ?? '',
  stopCode: task.stopCode,
  stoppedReason: task.stoppedReason,
  createdAt: task.createdAt,
  startedAt: task.startedAt,
  stoppingAt: task.stoppingAt ?? task.executionStoppedAt ?? task.stoppedAt,
  addresses: addressesOf(task),
  containers: (task.containers ?? []).map(({ name = '', exitCode, reason, healthStatus }) => ({
    name,
    exitCode,
    reason,
    healthStatus,
    ...extrasOf(name),
  })),
});

/** @param container the name of the container whose target group has the target */
export const targetFacts = (
  container: string,
  { Target, TargetHealth }: TargetHealthDescription,
  tasks: readonly TaskFacts[],
): TargetFacts => ({
  container,
  taskId: tasks.find(({ addresses }) => addresses.includes(Target?.Id ?? ''))?.id,
  state: TargetHealth?.State ?? '',
  reason: TargetHealth?.Reason,
  description: TargetHealth?.Description,
});
