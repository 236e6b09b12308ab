/** Task scale-in protection: a protected task is not stopped by scaling in or by a deployment. */
import type * as ECS from '@aws-sdk/client-ecs';
import type { Failure, ProtectedTask } from '@aws-sdk/client-ecs';
import type { Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import { invalid } from './errors.ts';
import { taskArnOf } from './identifiers.ts';
import { activeClusterOf, findTask } from './lookups.ts';
import type { ClusterRow, TaskRow } from './store.ts';
import { wakeServiceOf } from './wake.ts';

const MINUTE_MS = 60_000;
const DEFAULT_MINUTES = 120;
const MAX_MINUTES = 2880;
const MAX_UPDATED = 10;
const MAX_READ = 100;

/** Whether the task is protected now. */
export const isProtected = (region: Region, { protectedUntil }: TaskRow): boolean =>
  protectedUntil !== undefined && protectedUntil > region.now();

function viewOf(region: Region, task: TaskRow): ProtectedTask {
  const protectionEnabled = isProtected(region, task);
  return {
    taskArn: task.taskArn,
    protectionEnabled,
    expirationDate: protectionEnabled ? task.protectedUntil : undefined,
  };
}

/** Splits the named tasks into tasks that a service runs, and failures. */
function splitTasks(
  region: Region,
  cluster: ClusterRow,
  named: readonly string[],
): { tasks: TaskRow[]; failures: Failure[] } {
  const tasks: TaskRow[] = [];
  const failures: Failure[] = [];
  for (const reference of named) {
    const task = findTask(region, cluster, reference);
    const arn = taskArnOf(region, cluster, reference);
    if (task === undefined) failures.push({ arn, reason: 'MISSING' });
    else if (task.serviceArn === undefined || task.desiredStatus === 'STOPPED') {
      failures.push({ arn, reason: 'TASK_NOT_VALID' });
    } else tasks.push(task);
  }
  return { tasks, failures };
}

export const taskProtectionOperations = {
  /** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection.html */
  UpdateTaskProtection: {
    inputMembers: ['cluster', 'tasks', 'protectionEnabled', 'expiresInMinutes'],
    run(input, region) {
      const cluster = activeClusterOf(region, input.cluster);
      const { tasks: named = [], protectionEnabled, expiresInMinutes = DEFAULT_MINUTES } = input;
      if (named.length === 0) throw invalid('Tasks cannot be empty.');
      if (named.length > MAX_UPDATED) throw invalid(`taskIds can have at most ${MAX_UPDATED} items.`);
      if (protectionEnabled === undefined) throw invalid('protectionEnabled must be specified.');
      if (expiresInMinutes < 1 || expiresInMinutes > MAX_MINUTES) {
        throw invalid(`expiresInMinutes must be between 1 and ${MAX_MINUTES}.`);
      }
      const { tasks, failures } = splitTasks(region, cluster, named);
      const end = new Date(region.now().getTime() + expiresInMinutes * MINUTE_MS);
      for (const task of tasks) {
        task.protectedUntil = protectionEnabled ? end : undefined;
        wakeServiceOf(region, task);
      }
      return { protectedTasks: tasks.map((task) => viewOf(region, task)), failures };
    },
  },

  /** Without a list of tasks, the call describes all protected tasks of the cluster. */
  GetTaskProtection: {
    inputMembers: ['cluster', 'tasks'],
    run(input, region) {
      const cluster = activeClusterOf(region, input.cluster);
      const { tasks: named = [] } = input;
      if (named.length > MAX_READ) throw invalid(`taskIds can have at most ${MAX_READ} items.`);
      const protectedTasks = region.ecs.tasks.filter(
        (task) => task.clusterArn === cluster.clusterArn && isProtected(region, task),
      );
      const { tasks, failures } =
        named.length > 0 ? splitTasks(region, cluster, named) : { tasks: protectedTasks, failures: [] };
      return { protectedTasks: tasks.map((task) => viewOf(region, task)), failures };
    },
  },
} satisfies Operations<typeof ECS>;
