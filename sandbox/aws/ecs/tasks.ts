/** The operations on tasks: running tasks without a service, and stopping, listing and describing any tasks. */
import type * as ECS from '@aws-sdk/client-ecs';
import type { Task, TaskField } from '@aws-sdk/client-ecs';
import type { Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import { capacityFor, nextProvider } from './capacity.ts';
import { clientError, invalid } from './errors.ts';
import { activeClusterOf, clusterOf, findTask, page, serviceOf, shortName } from './lookups.ts';
import { checkNetwork } from './network-rules.ts';
import { emptiestSubnet } from './placement.ts';
import { checkServicesOnRead } from './scheduler.ts';
import { requireLinkedRole } from './service-linked-role.ts';
import {
  checkExecuteCommand,
  checkPlacement,
  checkPlatformVersion,
  runnableDefinition,
} from './service-rules.ts';
import type { TaskRow } from './store.ts';
import { mergeTags } from './tags.ts';
import { launch, stop } from './task-life.ts';
import { assumeFailureOf } from './task-roles.ts';
import { digestsOf } from './task-row.ts';

const MAX_TASKS_PER_RUN = 10;
const MAX_NAMED = 100;

const viewOf = (task: TaskRow, include: readonly TaskField[] = []): Task => ({
  ...task,
  tags: include.includes('TAGS') ? task.tags : [],
});

export const taskOperations = {
  /** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html */
  RunTask: {
    inputMembers: [
      'cluster',
      'taskDefinition',
      'count',
      'launchType',
      'capacityProviderStrategy',
      'platformVersion',
      'networkConfiguration',
      'placementConstraints',
      'placementStrategy',
      'group',
      'startedBy',
      'tags',
      'propagateTags',
      'enableECSManagedTags',
      'enableExecuteCommand',
      'clientToken',
    ],
    run(input, region) {
      requireLinkedRole(region);
      const cluster = activeClusterOf(region, input.cluster);
      const count = input.count ?? 1;
      if (count < 1 || count > MAX_TASKS_PER_RUN)
        throw invalid(`count must be between 1 and ${MAX_TASKS_PER_RUN}.`);
      const definition = runnableDefinition(region, input.taskDefinition, 'RunTask');
      const capacity = capacityFor(cluster, input);
      checkPlatformVersion(input.platformVersion);
      checkPlacement(input);
      const network = checkNetwork(region, input.networkConfiguration);
      checkExecuteCommand(input.enableExecuteCommand, definition);
      if (input.group?.startsWith('service:')) throw invalid("group must not start with 'service:'.");
      const failure = assumeFailureOf(region, definition);
      if (failure !== undefined) throw clientError(failure.reason);
      const given = mergeTags(input.propagateTags === 'TASK_DEFINITION' ? definition.tags : [], input.tags);
      const managed = { key: 'aws:ecs:clusterName', value: cluster.clusterName };
      const tasks: TaskRow[] = [];
      while (tasks.length < count) {
        tasks.push(
          launch(region, {
            clusterArn: cluster.clusterArn,
            definition,
            network,
            subnetId: emptiestSubnet(network.awsvpcConfiguration?.subnets ?? [], tasks),
            capacityProviderName: nextProvider(
              capacity.capacityProviderStrategy ?? [],
              tasks.map((task) => task.capacityProviderName),
            ),
            group: input.group ?? `family:${definition.family}`,
            startedBy: input.startedBy,
            tags: [...(input.enableECSManagedTags ? [managed] : []), ...given],
            enableExecuteCommand: input.enableExecuteCommand,
            digests: digestsOf(region, definition),
          }),
        );
      }
      return { tasks: tasks.map((task) => viewOf(task, ['TAGS'])), failures: [] };
    },
  },

  /** Stops a task. A task that is already stopping or stopped is returned unchanged. */
  StopTask: {
    inputMembers: ['cluster', 'task', 'reason'],
    run(input, region) {
      const task = findTask(region, activeClusterOf(region, input.cluster), input.task);
      if (!task) throw invalid('The referenced task was not found.');
      stop(region, task, 'UserInitiated', input.reason ?? 'Task stopped by user');
      return { task: viewOf(task) };
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
      if (named.length > MAX_NAMED) throw invalid(`Tasks can have at most ${MAX_NAMED} items.`);
      const found = named.map((reference) => [reference, findTask(region, cluster, reference)] as const);
      return {
        tasks: found.flatMap(([, task]) => (task ? [viewOf(task, include)] : [])),
        failures: found.flatMap(([reference, task]) =>
          task ? [] : [{ arn: taskArn(region, cluster.clusterName, reference), reason: 'MISSING' }],
        ),
      };
    },
  },
} satisfies Operations<typeof ECS>;

const taskArn = (region: Region, cluster: string, reference: string): string =>
  reference.startsWith('arn:') ? reference : region.arn('ecs', `task/${cluster}/${reference}`);
