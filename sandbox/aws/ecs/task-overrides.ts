/** The overrides of a task: settings of a RunTask call that replace those of the task definition. */
import type { ContainerDefinition, ContainerOverride, TaskOverride } from '@aws-sdk/client-ecs';
import { Refusal } from '../../protocol/refusal.ts';
import type { Region } from '../../world/region.ts';
import { invalid, refuseUnsupported } from './errors.ts';
import { checkFargateSize, cpuUnits, mebibytes } from './fargate-sizes.ts';
import type { TaskDefinitionRow, TaskRow } from './store.ts';
import { checkEphemeralStorage, checkReservations } from './task-definition-rules.ts';

const MAX_CHARACTERS = 8192;
const SUPPORTED: readonly (keyof TaskOverride)[] = [
  'containerOverrides',
  'cpu',
  'memory',
  'taskRoleArn',
  'executionRoleArn',
  'ephemeralStorage',
];
const SUPPORTED_IN_CONTAINERS: readonly (keyof ContainerOverride)[] = [
  'name',
  'command',
  'environment',
  'cpu',
  'memory',
  'memoryReservation',
];

/**
 * Checks overrides, and returns the task definition with the overrides applied.
 * @throws InvalidParameterException; NotImplemented for members that the sandbox does not support
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskOverride.html
 */
export function checkedWithOverrides(
  definition: TaskDefinitionRow,
  overrides: TaskOverride,
): TaskDefinitionRow {
  if (JSON.stringify(overrides).length > MAX_CHARACTERS) {
    throw invalid(`Container Overrides length must be at most ${MAX_CHARACTERS}`);
  }
  refuseUnsupported(overrides, SUPPORTED, 'overrides');
  const names = (definition.containerDefinitions ?? []).map(({ name }) => name);
  overrides.containerOverrides?.forEach((override, index) =>
    checkContainerOverride(override, `overrides.containerOverrides[${index}]`, names),
  );
  const overridden = asInvalidParameters(() => withOverrides(definition, overrides));
  const { cpu, memory, containerDefinitions = [] } = overridden;
  const tooLarge = containerDefinitions.find((container) => (container.memory ?? 0) > Number(memory));
  if (tooLarge) throw invalid(`'memory' setting for container '${tooLarge.name}' is greater than for task.`);
  asInvalidParameters(() => {
    checkFargateSize(cpu, memory);
    checkEphemeralStorage(overrides.ephemeralStorage);
    checkReservations(containerDefinitions, cpu, memory);
  });
  return overridden;
}

function checkContainerOverride(
  override: ContainerOverride,
  path: string,
  names: readonly (string | undefined)[],
): void {
  const { name, cpu = 0, memory = 1, memoryReservation = 1 } = override;
  if (!name) throw invalid('A container override must have the name of a container.');
  if (!names.includes(name)) {
    throw invalid(`Override for container named ${name} is not a container in the TaskDefinition.`);
  }
  refuseUnsupported(override, SUPPORTED_IN_CONTAINERS, path);
  if (cpu < 0) throw invalid(`Invalid 'cpu' setting for container '${name}'.`);
  if (memory < 1 || memoryReservation < 1) throw invalid(`Invalid 'memory' setting for container '${name}'.`);
}

/** Runs checks of a task definition. RunTask reports their refusals as InvalidParameterException. */
function asInvalidParameters<Result>(check: () => Result): Result {
  try {
    return check();
  } catch (error) {
    throw error instanceof Refusal && error.code === 'ClientException' ? invalid(error.message) : error;
  }
}

/** Returns the overrides of one container. If there are several, the last value of each member counts. */
const overrideOf = (
  { containerOverrides = [] }: TaskOverride,
  container: string | undefined,
): ContainerOverride =>
  containerOverrides
    .filter(({ name }) => name === container)
    .reduce((merged, override) => ({ ...merged, ...override }), {});

/** Returns a task definition with overrides applied. */
function withOverrides(definition: TaskDefinitionRow, overrides: TaskOverride): TaskDefinitionRow {
  return {
    ...definition,
    cpu: cpuUnits(overrides.cpu) ?? definition.cpu,
    memory: mebibytes(overrides.memory) ?? definition.memory,
    taskRoleArn: overrides.taskRoleArn ?? definition.taskRoleArn,
    executionRoleArn: overrides.executionRoleArn ?? definition.executionRoleArn,
    ephemeralStorage: overrides.ephemeralStorage ?? definition.ephemeralStorage,
    containerDefinitions: definition.containerDefinitions?.map((container) =>
      withContainerOverride(container, overrideOf(overrides, container.name)),
    ),
  };
}

/** Applies the overrides of a container. Variables are merged by name, and an empty command overrides nothing. */
function withContainerOverride(
  container: ContainerDefinition,
  { command, environment = [], cpu, memory, memoryReservation }: ContainerOverride,
): ContainerDefinition {
  const variables = [...(container.environment ?? []), ...environment];
  return {
    ...container,
    command: command?.length ? command : container.command,
    environment: [...new Map(variables.map((variable) => [variable.name, variable])).values()],
    cpu: cpu ?? container.cpu,
    memory: memory ?? container.memory,
    memoryReservation: memoryReservation ?? container.memoryReservation,
  };
}

/** Returns overrides as ECS shows them in a task: with one entry for each container of the task definition. */
export function overridesView(definition: TaskDefinitionRow, overrides: TaskOverride = {}): TaskOverride {
  return {
    ...overrides,
    cpu: cpuUnits(overrides.cpu),
    memory: mebibytes(overrides.memory),
    containerOverrides: definition.containerDefinitions?.map(({ name }) => ({
      ...overrideOf(overrides, name),
      name,
    })),
    inferenceAcceleratorOverrides: [],
  };
}

/** Returns the task definition with which a task runs; undefined if the task definition is gone. */
export function definitionOfTask({ ecs }: Region, task: TaskRow): TaskDefinitionRow | undefined {
  const definition = ecs.taskDefinitions.get(task.taskDefinitionArn);
  return definition && withOverrides(definition, task.overrides ?? {});
}
