/** The operations that stop, list and describe tasks. `run-task.ts` starts tasks. */
import type * as ECS from '@aws-sdk/client-ecs';
import type { Operations } from '../../operations.ts';
import { invalid } from './errors.ts';
import { taskArnOf } from './identifiers.ts';
import { activeClusterOf, clusterOf, findTask, page, serviceOf, shortName } from './lookups.ts';
import { checkServicesOnRead } from './scheduler.ts';
import { stop } from './task-life.ts';
import { taskView } from './task-view.ts';

const MAX_NAMED = 100;

export const taskOperations = {
  /** Stops a task. A task that is already stopping or stopped is returned unchanged. */
  StopTask: {
    inputMembers: ['cluster', 'task', 'reason'],
    run(input, region) {
      const task = findTask(region, activeClusterOf(region, input.cluster), input.task);
      if (!task) throw invalid('The referenced task was not found.');
      stop(region, task, 'UserInitiated', input.reason ?? 'Task stopped by user');
      return { task: taskView(task) };
    },
  },

  /** Lists tasks with desired status RUNNING by default, or STOPPED on request. */
  ListTasks: {
    inputMembers: [
      'cluster',
      'family',
      'serviceName',
      'startedBy',
      'desiredStatus',
      'launchType',
      'maxResults',
      'nextToken',
    ],
    before: checkServicesOnRead,
    run(input, region) {
      const cluster = clusterOf(region, input.cluster);
      const { family, startedBy, desiredStatus = 'RUNNING', launchType = 'FARGATE' } = input;
      if (startedBy !== undefined && (family !== undefined || input.serviceName !== undefined)) {
        throw invalid('startedBy cannot be combined with another filter.');
      }
      const service = input.serviceName && serviceOf(region, cluster, input.serviceName);
      const listed = region.ecs.tasks.filter(
        (task) =>
          task.clusterArn === cluster.clusterArn &&
          task.desiredStatus === desiredStatus &&
          task.launchType === launchType &&
          (family === undefined || shortName(task.taskDefinitionArn).split(':')[0] === family) &&
          (startedBy === undefined || task.startedBy === startedBy) &&
          (!service || task.serviceArn === service.serviceArn),
      );
      const { rows, nextToken } = page(listed, input.maxResults, input.nextToken);
      return { taskArns: rows.map(({ taskArn }) => taskArn), nextToken };
    },
  },

  /** Describes up to a hundred tasks. Unknown tasks are listed as failures. */
  DescribeTasks: {
    inputMembers: ['cluster', 'tasks', 'include'],
    before: checkServicesOnRead,
    run(input, region) {
      const cluster = clusterOf(region, input.cluster);
      const { tasks: named = [], include } = input;
      if (named.length === 0) throw invalid('Tasks cannot be empty.');
      if (named.length > MAX_NAMED) throw invalid(`taskIds can have at most ${MAX_NAMED} items.`);
      const results = named.map((reference) => [reference, findTask(region, cluster, reference)] as const);
      return {
        tasks: results.flatMap(([, task]) => (task ? [taskView(task, include)] : [])),
        failures: results.flatMap(([reference, task]) =>
          task ? [] : [{ arn: taskArnOf(region, cluster, reference), reason: 'MISSING' }],
        ),
      };
    },
  },
} satisfies Operations<typeof ECS>;
