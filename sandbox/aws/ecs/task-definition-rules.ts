/** The checks of a task definition as a whole: its size, its roles, and the relations between its containers. */
import type {
  ContainerDefinition,
  EphemeralStorage,
  RegisterTaskDefinitionRequest,
  Volume,
} from '@aws-sdk/client-ecs';
import type { Region } from '../../world/region.ts';
import { checkContainer, type TaskProperties } from './container-rules.ts';
import { clientError, invalid, notSupported, refuseUnsupported } from './errors.ts';
import { checkFargateSize, cpuUnits, mebibytes } from './fargate-sizes.ts';
import { isInEcr } from './required-attributes.ts';
import { checkRoles } from './task-roles.ts';

const MAX_CONTAINERS = 10;
const MAX_BYTES = 65_536;

/**
 * Checks a task definition.
 * @throws ClientException, InvalidParameterException; NotImplemented for members that the sandbox does not support
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
 */
export function checkTaskDefinition(region: Region, input: RegisterTaskDefinitionRequest): void {
  const { family, networkMode, containerDefinitions: containers = [] } = input;
  const requiresFargate = input.requiresCompatibilities?.includes('FARGATE') ?? false;
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(family ?? '')) {
    throw clientError('Family contains invalid characters.');
  }
  if (containers.length === 0) throw clientError('Container list cannot be empty.');
  if (containers.length > MAX_CONTAINERS) {
    throw clientError(`Too many containers: a task definition can have at most ${MAX_CONTAINERS}.`);
  }
  checkSize(input);
  input.volumes?.forEach((volume, index) => checkVolume(volume, `volumes[${index}]`, requiresFargate));
  const cpu = cpuUnits(input.cpu);
  const memory = mebibytes(input.memory);
  if (requiresFargate) checkFargate(input, cpu, memory);
  const properties: TaskProperties = {
    requiresFargate,
    networkMode,
    hasExecutionRole: input.executionRoleArn !== undefined,
    hasTaskMemory: memory !== undefined,
    volumes: new Set(input.volumes?.map(({ name }) => name)),
  };
  containers.forEach((container, index) =>
    checkContainer(container, `containerDefinitions[${index}]`, properties),
  );
  checkRelations(containers, networkMode);
  checkReservations(containers, cpu, memory);
  if (requiresFargate && !properties.hasExecutionRole && containers.some(isInEcr)) {
    throw clientError('Fargate requires task definition to have execution role ARN to support ECR images.');
  }
  checkRoles(region, input, 'RegisterTaskDefinition');
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html */
function checkVolume(volume: Volume, path: string, requiresFargate: boolean): void {
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(volume.name ?? ''))
    throw clientError('Volume.name contains invalid characters.');
  refuseUnsupported(volume, ['name', 'host'], path);
  if (volume.host?.sourcePath === undefined) return;
  if (requiresFargate) throw clientError('Fargate compatible task definitions do not support sourcePath');
  throw notSupported(`${path}.host.sourcePath`);
}

/**
 * Checks the size of the definition as compact JSON. Tags do not count, because they are stored separately. AWS does not
 * document how it measures the size.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html
 */
function checkSize({ tags: _tags, ...definition }: RegisterTaskDefinitionRequest): void {
  const bytes = Buffer.byteLength(JSON.stringify(definition));
  if (bytes > MAX_BYTES)
    throw clientError(`Actual length: '${bytes}'. Max allowed length is '${MAX_BYTES}' bytes.`);
}

function checkFargate(
  input: RegisterTaskDefinitionRequest,
  cpu: string | undefined,
  memory: string | undefined,
): void {
  if (input.networkMode !== 'awsvpc') throw clientError('Fargate only supports network mode ‘awsvpc’.');
  checkFargateSize(cpu, memory);
  if (input.placementConstraints?.length) {
    throw clientError('Placement constraints are not supported with FARGATE launch type.');
  }
  checkEphemeralStorage(input.ephemeralStorage);
  const { operatingSystemFamily: system = 'LINUX' } = input.runtimePlatform ?? {};
  if (system !== 'LINUX') throw notSupported(`runtimePlatform.operatingSystemFamily ${system}`);
}

/** @throws ClientException for a size that Fargate does not allow */
export function checkEphemeralStorage(storage: EphemeralStorage | undefined): void {
  const gibibytes = storage?.sizeInGiB;
  if (gibibytes !== undefined && gibibytes < 21)
    throw clientError('EphemeralStorage size should be at least 21');
  if (gibibytes !== undefined && gibibytes > 200)
    throw clientError('EphemeralStorage size should be at most 200');
}

/** Checks the relations between containers: unique names and ports, start order, and at least one essential container. */
function checkRelations(containers: ContainerDefinition[], networkMode: string | undefined): void {
  const byName = new Map(containers.map((container) => [container.name, container]));
  if (byName.size < containers.length)
    throw clientError('Container names must be unique within a task definition.');
  if (!containers.some(({ essential = true }) => essential)) {
    throw clientError('Invalid setting for container definitions. At least one container must be essential.');
  }
  const ports = new Set<string>();
  for (const { name, portMappings = [] } of networkMode === 'awsvpc' ? containers : []) {
    for (const { containerPort, protocol = 'tcp' } of portMappings) {
      const port = `${containerPort}/${protocol}`;
      if (ports.has(port)) {
        throw clientError(
          `Invalid setting for container '${name}'. Port mapping ${port} is used more than once: containers of a task share one network interface.`,
        );
      }
      ports.add(port);
    }
  }
  containers.forEach((container, index) => checkDependencies(container, index, byName));
  refuseCycles(containers, byName);
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html */
function checkDependencies(
  { dependsOn = [] }: ContainerDefinition,
  index: number,
  byName: Map<string | undefined, ContainerDefinition>,
): void {
  for (const dependency of dependsOn) {
    refuseUnsupported(dependency, ['containerName', 'condition'], `containerDefinitions[${index}].dependsOn`);
    const { containerName, condition } = dependency;
    const other = byName.get(containerName);
    if (!other) {
      throw clientError(`Cannot depend on container + '${containerName}' because it does not exist`);
    }
    if (condition === 'HEALTHY' && !other.healthCheck) {
      throw clientError('A dependency container with HEALTHY condition must have health check configured');
    }
    if ((condition === 'SUCCESS' || condition === 'COMPLETE') && (other.essential ?? true)) {
      throw clientError(
        'A dependency container with SUCCESS or COMPLETE condition cannot be an essential container',
      );
    }
    if (condition === undefined) throw invalid('A container dependency must have a condition.');
  }
}

function refuseCycles(
  containers: ContainerDefinition[],
  byName: Map<string | undefined, ContainerDefinition>,
): void {
  const checked = new Set<string | undefined>();
  const visit = (container: ContainerDefinition, dependents: ReadonlySet<string | undefined>): void => {
    const { name, dependsOn = [] } = container;
    if (dependents.has(name)) throw clientError('Container dependsOn contains a cycle.');
    if (checked.has(name)) return;
    for (const { containerName } of dependsOn) {
      const other = byName.get(containerName);
      if (other) visit(other, new Set([...dependents, name]));
    }
    checked.add(name);
  };
  containers.forEach((container) => visit(container, new Set()));
}

/**
 * Checks that the reservations of containers fit into the task.
 * @param cpu in CPU units
 * @param memory in MiB
 * @throws ClientException
 */
export function checkReservations(containers: ContainerDefinition[], cpu?: string, memory?: string): void {
  const sum = (valueOf: (container: ContainerDefinition) => number) =>
    containers.reduce((total, container) => total + valueOf(container), 0);
  const reservedCpu = sum((container) => container.cpu ?? 0);
  if (cpu !== undefined && reservedCpu > Number(cpu)) {
    throw clientError(
      `The total 'cpu' of the containers (${reservedCpu}) is greater than the 'cpu' of the task (${cpu}).`,
    );
  }
  const reservedMemory = sum(({ memoryReservation, memory: limit = 0 }) => memoryReservation ?? limit);
  const tooLargeContainer = containers.find(({ memory: limit = 0 }) => limit > Number(memory));
  if (memory !== undefined && tooLargeContainer) {
    throw clientError(
      `The 'memory' setting for container '${tooLargeContainer.name}' is greater than for the task.`,
    );
  }
  if (memory !== undefined && reservedMemory > Number(memory)) {
    throw clientError(
      `The total memory that the containers reserve (${reservedMemory}) is greater than the 'memory' of the task (${memory}).`,
    );
  }
}
