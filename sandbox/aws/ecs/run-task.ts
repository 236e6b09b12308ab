/** The operations that start tasks without a service: RunTask, and StartTask, which finds no container instance. */
import { isDeepStrictEqual } from 'node:util';
import type * as ECS from '@aws-sdk/client-ecs';
import type { RunTaskRequest, Tag } from '@aws-sdk/client-ecs';
import type { Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import { capacityFor, nextProvider } from './capacity.ts';
import { checkContainerInstances, missingInstances } from './container-instances.ts';
import { clientError, invalid, tokenConflict } from './errors.ts';
import { activeClusterOf } from './lookups.ts';
import { checkNetwork } from './network-rules.ts';
import { emptiestSubnet } from './placement.ts';
import { requireLinkedRole } from './service-linked-role.ts';
import {
  checkExecuteCommand,
  checkPlacement,
  checkPlatformVersion,
  runnableDefinition,
} from './service-rules.ts';
import type { ClusterRow, TaskDefinitionRow, TaskRow } from './store.ts';
import { mergeTags } from './tags.ts';
import { launch } from './task-life.ts';
import { checkedWithOverrides } from './task-overrides.ts';
import { assumeFailureOf, checkExistingRoles } from './task-roles.ts';
import { digestsOf } from './task-row.ts';
import { taskView } from './task-view.ts';

const MAX_TASKS_PER_RUN = 10;
const MAX_STARTED_BY = 128;
const TOKEN = /^[!-~]{1,64}$/;
/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/ECS_Idempotency.html */
const TOKEN_LIFETIME_MS = 24 * 3_600_000;

/** Forgets the client tokens that are older than a day, and those whose tasks are no longer described. */
function forgetTokens(region: Region): void {
  const { ecs } = region;
  const now = region.now().getTime();
  for (const [key, { tasks, startedAt }] of ecs.runs.entries()) {
    const isOld = now - startedAt.getTime() > TOKEN_LIFETIME_MS;
    if (isOld || !tasks.some(({ taskArn = '' }) => ecs.tasks.has(taskArn))) ecs.runs.delete(key);
  }
}

/**
 * Returns the tasks of an earlier call with the same client token and the same parameters. Each cluster has its own tokens.
 * @throws ConflictException if the earlier call had other parameters
 */
function tasksOfRepeat({ ecs }: Region, key: string, input: RunTaskRequest): ECS.Task[] | undefined {
  const earlier = ecs.runs.get(key);
  if (!earlier) return undefined;
  if (isDeepStrictEqual(earlier.input, input)) return earlier.tasks;
  throw tokenConflict(earlier.tasks.flatMap(({ taskArn }) => taskArn ?? []));
}

/** The parameters that RunTask and StartTask have in common. */
type StartParameters = Pick<
  RunTaskRequest,
  'group' | 'startedBy' | 'propagateTags' | 'overrides' | 'enableExecuteCommand' | 'taskDefinition'
>;

/** Checks common parameters, and returns the task definition with the overrides applied. */
function definitionToStart(region: Region, input: StartParameters, operation: string): TaskDefinitionRow {
  if (input.group?.startsWith('service:')) throw invalid("group must not start with 'service:'.");
  if ((input.startedBy?.length ?? 0) > MAX_STARTED_BY) {
    throw invalid(`startedBy longer than ${MAX_STARTED_BY}.`);
  }
  if (input.propagateTags === 'SERVICE') {
    throw invalid('propagateTags SERVICE is only valid for the tasks of a service.');
  }
  const registered = runnableDefinition(region, input.taskDefinition, operation);
  if (!input.overrides) return registered;
  const definition = checkedWithOverrides(registered, input.overrides);
  checkExistingRoles(region, definition, operation);
  return definition;
}

function tagsOf(cluster: ClusterRow, definition: TaskDefinitionRow, input: RunTaskRequest): Tag[] {
  const managed = { key: 'aws:ecs:clusterName', value: cluster.clusterName };
  const propagated = input.propagateTags === 'TASK_DEFINITION' ? definition.tags : [];
  return [...(input.enableECSManagedTags ? [managed] : []), ...mergeTags(propagated, input.tags)];
}

/** Checks a call, and starts its tasks. */
function startTasksOf(region: Region, cluster: ClusterRow, input: RunTaskRequest): TaskRow[] {
  const count = input.count ?? 1;
  if (count < 1 || count > MAX_TASKS_PER_RUN) {
    throw invalid(`count must be between 1 and ${MAX_TASKS_PER_RUN}.`);
  }
  const definition = definitionToStart(region, input, 'RunTask');
  const capacity = capacityFor(cluster, input);
  checkPlatformVersion(input.platformVersion);
  checkPlacement(input);
  const network = checkNetwork(region, input.networkConfiguration);
  checkExecuteCommand(input.enableExecuteCommand, definition);
  const failure = assumeFailureOf(region, definition);
  if (failure !== undefined) throw clientError(failure.reason);
  const tags = tagsOf(cluster, definition, input);
  const tasks: TaskRow[] = [];
  while (tasks.length < count) {
    tasks.push(
      launch(region, {
        clusterArn: cluster.clusterArn,
        definition,
        overrides: input.overrides,
        network,
        subnetId: emptiestSubnet(network.awsvpcConfiguration?.subnets ?? [], tasks),
        capacityProviderName: nextProvider(
          capacity.capacityProviderStrategy ?? [],
          tasks.map((task) => task.capacityProviderName),
        ),
        group: input.group ?? `family:${definition.family}`,
        startedBy: input.startedBy,
        tags,
        enableExecuteCommand: input.enableExecuteCommand,
        digests: digestsOf(region, definition),
      }),
    );
  }
  return tasks;
}

/** The input members of both operations. */
const TASK_MEMBERS = [
  'cluster',
  'taskDefinition',
  'networkConfiguration',
  'overrides',
  'group',
  'startedBy',
  'referenceId',
  'tags',
  'propagateTags',
  'enableECSManagedTags',
  'enableExecuteCommand',
] as const;

export const runTaskOperations = {
  /** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html */
  RunTask: {
    inputMembers: [
      'count',
      'launchType',
      'capacityProviderStrategy',
      'platformVersion',
      'placementConstraints',
      'placementStrategy',
      'clientToken',
      ...TASK_MEMBERS,
    ],
    before: forgetTokens,
    run({ clientToken, ...input }, region) {
      requireLinkedRole(region);
      const cluster = activeClusterOf(region, input.cluster);
      if (clientToken !== undefined && !TOKEN.test(clientToken)) {
        throw invalid('clientToken must have 1 to 64 characters in the ASCII range 33-126.');
      }
      const key = `${cluster.clusterArn} ${clientToken}`;
      const earlierTasks = clientToken && tasksOfRepeat(region, key, input);
      if (earlierTasks) return { tasks: earlierTasks, failures: [] };
      const tasks = startTasksOf(region, cluster, input).map((task) => taskView(task, ['TAGS']));
      if (clientToken) {
        region.ecs.runs.set(key, { input, tasks: structuredClone(tasks), startedAt: region.now() });
      }
      return { tasks, failures: [] };
    },
  },

  /** Starts nothing: no cluster has container instances, so every named instance is a failure. */
  StartTask: {
    inputMembers: ['containerInstances', ...TASK_MEMBERS],
    run(input, region) {
      requireLinkedRole(region);
      const cluster = activeClusterOf(region, input.cluster);
      const instances = checkContainerInstances(input.containerInstances, MAX_TASKS_PER_RUN);
      definitionToStart(region, input, 'StartTask');
      checkNetwork(region, input.networkConfiguration);
      return { tasks: [], failures: missingInstances(region, cluster, instances) };
    },
  },
} satisfies Operations<typeof ECS>;
