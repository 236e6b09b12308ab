/** Builds the task definition of a service, and reads task definitions as flat fields for comparison. Pure. */
import type {
  ContainerDefinition,
  RegisterTaskDefinitionCommandInput,
  TaskDefinition,
} from '@aws-sdk/client-ecs';
import type { Fields } from '../model/change.ts';
import type { Config, Container, Service } from '../config/config.ts';
import { architectureNames } from '../config/fargate.ts';
import { roleArn } from './arns.ts';
import { containerHealthCheck } from './container-health.ts';
import { settingFields, settingMembers } from './container-settings.ts';
import type { Names, RoleKey } from './names.ts';
import { secretFields, secretMembers, secretParts, type SecretParts } from './secret-definition.ts';
import type { ResolvedSecrets } from './secrets.ts';
import { mountPointsOf, volumesOf } from './writable-folders.ts';
import { taskRoleKey } from './task-permissions.ts';

/** The parts of a task definition that the configuration of its service does not contain. */
export interface TaskDefinitionParts extends SecretParts {
  readonly family: string;
  readonly region: string;
  readonly logGroup: string;
  readonly executionRoleArn: string;
  readonly taskRoleArn: string;
  /** Returns the reference of a container's image. */
  readonly imageOf: (container: Container) => string;
}

/**
 * Returns the parts of a task definition. The ARN of a role that does not exist yet is computed, so that a diff is possible
 * before the role is created.
 * @param account the twelve digits of the account
 * @param roles the roles that exist, with the ARNs that IAM returned
 * @param secrets what AWS says about the secrets of the configuration
 */
export function taskDefinitionParts(
  { config, names, account }: { readonly config: Config; readonly names: Names; readonly account: string },
  service: Service,
  roles: ReadonlyMap<string, { readonly roleArn: string }>,
  imageOf: TaskDefinitionParts['imageOf'],
  secrets?: ResolvedSecrets,
): TaskDefinitionParts {
  const location = { region: config.region, account };
  const role = (key: RoleKey) =>
    roles.get(key)?.roleArn ?? roleArn(location, names.rolePath, names.role(key));
  return {
    family: names.family(service.name),
    region: config.region,
    logGroup: names.logGroup,
    executionRoleArn: service.executionRole ?? role('execution'),
    taskRoleArn: service.taskRole ?? role(taskRoleKey(service)),
    imageOf,
    ...secretParts(secrets, location),
  };
}

/**
 * Returns the task definition to register for a service.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
 */
export const taskDefinitionFor = (
  service: Service,
  parts: TaskDefinitionParts,
): RegisterTaskDefinitionCommandInput => ({
  family: parts.family,
  networkMode: 'awsvpc',
  requiresCompatibilities: ['FARGATE'],
  cpu: String(service.cpu),
  memory: String(service.memory),
  runtimePlatform: {
    cpuArchitecture: architectureNames(service.architecture).ecs,
    operatingSystemFamily: 'LINUX',
  },
  executionRoleArn: parts.executionRoleArn,
  taskRoleArn: parts.taskRoleArn,
  containerDefinitions: service.containers.map((container) => containerDefinition(service, container, parts)),
  volumes: volumesOf(service.containers),
});

/**
 * Returns the size of a task definition: the bytes of its compact JSON in UTF-8, without tags. AWS does not document how it
 * measures the size.
 */
export const definitionBytes = (definition: RegisterTaskDefinitionCommandInput): number =>
  Buffer.byteLength(JSON.stringify(definition));

const containerDefinition = (
  service: Service,
  container: Container,
  parts: TaskDefinitionParts,
): ContainerDefinition => ({
  name: container.name,
  image: parts.imageOf(container),
  essential: container.essential,
  ...settingMembers(container),
  command: container.command && [...container.command],
  portMappings: container.port === undefined ? [] : [{ containerPort: container.port, protocol: 'tcp' }],
  environment: Object.entries(container.environment).map(([name, value]) => ({ name, value })),
  ...secretMembers(container, parts),
  readonlyRootFilesystem: container.readOnlyRoot,
  mountPoints: mountPointsOf(container),
  user: container.user,
  // Without an init process the program is process 1, which ignores SIGTERM unless it handles it, and is killed only at the end
  // of the stop timeout. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LinuxParameters.html
  linuxParameters: { initProcessEnabled: true },
  stopTimeout: container.stopSeconds,
  healthCheck: containerHealthCheck(container),
  logConfiguration: {
    logDriver: 'awslogs',
    options: {
      'awslogs-group': parts.logGroup,
      'awslogs-region': parts.region,
      'awslogs-stream-prefix': service.name,
    },
  },
});

/**
 * Returns the fields of a task definition. Defaults that AWS fills in do not matter: equivalent definitions have equal fields.
 */
export function definitionFields(definition: Partial<TaskDefinition>): Fields {
  const { containerDefinitions = [], runtimePlatform, networkMode, cpu, memory } = definition;
  return withoutUndefined({
    cpu,
    memory,
    networkMode,
    architecture: runtimePlatform?.cpuArchitecture,
    executionRole: definition.executionRoleArn,
    taskRole: definition.taskRoleArn,
    containers: containerDefinitions.map(({ name }) => name).join(', '),
    ...Object.fromEntries(
      containerDefinitions.flatMap((container) => Object.entries(containerFields(container))),
    ),
  });
}

function containerFields(
  container: ContainerDefinition,
): Record<string, string | number | boolean | undefined> {
  const { name = '', environment = [], healthCheck, logConfiguration } = container;
  const { interval, timeout, retries, startPeriod } = healthCheck ?? {};
  const variables = [...environment].sort((a, b) => ((a.name ?? '') < (b.name ?? '') ? -1 : 1));
  const fieldOf = (field: string) => `${name}.${field}`;
  return {
    [fieldOf('image')]: container.image,
    [fieldOf('essential')]: container.essential ?? true,
    [fieldOf('command')]: container.command?.length ? JSON.stringify(container.command) : '',
    ...Object.fromEntries(
      Object.entries(settingFields(container)).map(([field, value]) => [fieldOf(field), value]),
    ),
    [fieldOf('port')]: (container.portMappings ?? []).map(({ containerPort }) => containerPort).join(', '),
    [fieldOf('read-only root')]: container.readonlyRootFilesystem ?? false,
    [fieldOf('writable folders')]: (container.mountPoints ?? [])
      .flatMap(({ containerPath, readOnly }) => (readOnly ? [] : [containerPath]))
      .sort()
      .join(', '),
    [fieldOf('user')]: container.user ?? '',
    [fieldOf('init process')]: container.linuxParameters?.initProcessEnabled ?? false,
    [fieldOf('stop timeout')]: container.stopTimeout ?? 30,
    [fieldOf('health check')]: healthCheck
      ? [...(healthCheck.command ?? []), interval, timeout, retries, startPeriod].join(' ')
      : '',
    [fieldOf('logs')]: Object.entries(logConfiguration?.options ?? {})
      .map(([key, value]) => `${key}=${value}`)
      .sort()
      .join(' '),
    [fieldOf('environment')]: variables.map((variable) => variable.name).join(', '),
    ...secretFields(container),
    ...Object.fromEntries(variables.map(({ name: key, value }) => [fieldOf(`environment.${key}`), value])),
  };
}

const withoutUndefined = (fields: Record<string, string | number | boolean | undefined>): Fields =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([field, value]) => (value === undefined ? [] : [[field, value]])),
  );
