/** The checks of a container definition. */
import type {
  ContainerDefinition,
  HealthCheck,
  LogConfiguration,
  MountPoint,
  PortMapping,
  Ulimit,
} from '@aws-sdk/client-ecs';
import { checkContainerSecrets } from './secret-rules.ts';
import { clientError, invalid, notSupported, refuseUnsupported } from './errors.ts';

/** The members of a container definition that the sandbox implements. */
const SUPPORTED: (keyof ContainerDefinition)[] = [
  'name',
  'image',
  'cpu',
  'memory',
  'memoryReservation',
  'portMappings',
  'essential',
  'entryPoint',
  'command',
  'environment',
  'secrets',
  'repositoryCredentials',
  'dependsOn',
  'startTimeout',
  'stopTimeout',
  'healthCheck',
  'logConfiguration',
  'workingDirectory',
  'user',
  'dockerLabels',
  'versionConsistency',
  'readonlyRootFilesystem',
  'linuxParameters',
  'mountPoints',
  'ulimits',
];
/** The members that AWS refuses on Fargate. The exact message of the refusal is not known. */
const NOT_ON_FARGATE: (keyof ContainerDefinition)[] = [
  'links',
  'privileged',
  'hostname',
  'extraHosts',
  'dnsServers',
  'dnsSearchDomains',
  'dockerSecurityOptions',
  'disableNetworking',
];
const LOG_DRIVERS = ['awslogs', 'splunk', 'awsfirelens'];

/** The properties of a task definition on which the checks of its containers depend. */
export interface TaskProperties {
  readonly requiresFargate: boolean;
  readonly networkMode: string | undefined;
  readonly hasExecutionRole: boolean;
  readonly hasTaskMemory: boolean;
  /** The names of its volumes. */
  readonly volumes: ReadonlySet<string | undefined>;
}

/**
 * Checks the definition of one container.
 * @param path the path of the definition in the input, e.g. `containerDefinitions[0]`
 * @throws ClientException, InvalidParameterException; NotImplemented for members that the sandbox does not support
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
 */
export function checkContainer(container: ContainerDefinition, path: string, task: TaskProperties): void {
  const { name = '', image, memory, memoryReservation, startTimeout, stopTimeout } = container;
  if (name === '') throw clientError('Container.name should not be null or empty.');
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(name)) throw clientError('Container.name contains invalid characters.');
  if (!image) throw clientError('Container.image should not be null or empty.');
  if (/\s/.test(image)) throw clientError('Container.image contains invalid characters.');
  for (const member of task.requiresFargate ? NOT_ON_FARGATE : []) {
    const given = container[member];
    if (Array.isArray(given) ? given.length > 0 : given) {
      throw clientError(`Invalid setting for container '${name}'. '${member}' is not supported on Fargate.`);
    }
  }
  refuseUnsupported(container, SUPPORTED, path);
  refuseUnsupported(container.linuxParameters ?? {}, ['initProcessEnabled'], `${path}.linuxParameters`);
  if (!task.hasTaskMemory && memory === undefined && memoryReservation === undefined) {
    throw clientError(
      `Invalid setting for container '${name}'. At least one of 'memory' or 'memoryReservation' must be specified.`,
    );
  }
  if (memory !== undefined && memoryReservation !== undefined && memory < memoryReservation) {
    throw clientError(
      `Invalid setting for container '${name}'. 'memory' must be greater than or equal to 'memoryReservation'.`,
    );
  }
  for (const [setting, seconds] of Object.entries({ start: startTimeout, stop: stopTimeout })) {
    if (seconds !== undefined && seconds < 2) {
      throw clientError(`Granular ${setting} timeout on container '${name}' must be at least 2 seconds.`);
    }
    if (seconds !== undefined && seconds > 120 && task.requiresFargate) {
      throw clientError(
        `Tasks using the Fargate launch type must have a container ${setting} timeout of less than 120 seconds.`,
      );
    }
  }
  container.portMappings?.forEach((mapping, index) =>
    checkPort(mapping, `${path}.portMappings[${index}]`, task.networkMode),
  );
  container.mountPoints?.forEach((mount, index) =>
    checkMount(mount, `${path}.mountPoints[${index}]`, task.volumes),
  );
  container.ulimits?.forEach((limit, index) => checkLimit(limit, `${path}.ulimits[${index}]`, name));
  checkHealthCheck(container.healthCheck, path);
  checkLog(container.logConfiguration, path, task);
  checkContainerSecrets(container, task);
}

function checkPort(mapping: PortMapping, path: string, networkMode: string | undefined): void {
  refuseUnsupported(mapping, ['containerPort', 'hostPort', 'protocol', 'name', 'appProtocol'], path);
  const { containerPort = 0, hostPort } = mapping;
  if (containerPort < 1 || containerPort > 65_535) {
    throw clientError(`Invalid 'containerPort' setting: ${containerPort}. It must be between 1 and 65535.`);
  }
  if (networkMode === 'awsvpc' && hostPort !== undefined && hostPort !== 0 && hostPort !== containerPort) {
    throw clientError(
      'When networkMode=awsvpc, the host ports and container ports in port mappings must match.',
    );
  }
}

/** Folders of the system, which programs of the sandbox need. */
const SYSTEM_FOLDER = /^\/(bin|sbin|lib\w*|usr|etc|(proc|sys|dev)(\/.*)?)?\/*$/;

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_MountPoint.html */
function checkMount(mount: MountPoint, path: string, volumes: TaskProperties['volumes']): void {
  const { sourceVolume, containerPath = '', readOnly } = mount;
  if (!volumes.has(sourceVolume)) throw clientError(`Unknown volume '${sourceVolume}'.`);
  if (!containerPath.startsWith('/') || SYSTEM_FOLDER.test(containerPath))
    throw notSupported(`${path}.containerPath ${containerPath}`);
  if (readOnly) throw notSupported(`${path}.readOnly`);
}

/**
 * Fargate lets a task change only the limit of open files. The messages are not verified.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Ulimit.html
 */
function checkLimit({ name, softLimit = 0, hardLimit = 0 }: Ulimit, path: string, container: string): void {
  if (name !== 'nofile') throw notSupported(`${path}.name ${name} (only nofile)`);
  if (softLimit > hardLimit)
    throw clientError(
      `Invalid setting for container '${container}'. The soft limit of ulimit '${name}' must be less than or equal to its hard limit.`,
    );
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html */
function checkHealthCheck(check: HealthCheck | undefined, path: string): void {
  if (!check) return;
  refuseUnsupported(
    check,
    ['command', 'interval', 'timeout', 'retries', 'startPeriod'],
    `${path}.healthCheck`,
  );
  const [commandType = ''] = check.command ?? [];
  if (!['CMD', 'CMD-SHELL', 'NONE'].includes(commandType)) {
    throw clientError('Invalid healthCheck command: it must start with CMD or CMD-SHELL.');
  }
  const ranges = [
    ['interval', check.interval, 5, 300],
    ['timeout', check.timeout, 2, 60],
    ['retries', check.retries, 1, 10],
    ['startPeriod', check.startPeriod, 0, 300],
  ] as const;
  for (const [name, value, min, max] of ranges) {
    if (value !== undefined && (value < min || value > max)) {
      throw invalid(`Invalid healthCheck ${name}: ${value}. It must be between ${min} and ${max}.`);
    }
  }
}

function checkLog(log: LogConfiguration | undefined, path: string, task: TaskProperties): void {
  if (!log) return;
  refuseUnsupported(log, ['logDriver', 'options'], `${path}.logConfiguration`);
  const driver = log.logDriver ?? '';
  if (task.requiresFargate && !LOG_DRIVERS.includes(driver)) {
    throw clientError(`${driver} is not a valid log driver. Must be one of [${LOG_DRIVERS.join(',')}]`);
  }
  if (driver !== 'awslogs') throw notSupported(`${path}.logConfiguration.logDriver ${driver}`);
  if (!log.options?.['awslogs-region'] || !log.options['awslogs-group']) {
    throw clientError('Log driver awslogs requires options: awslogs-region, awslogs-group');
  }
  if (task.requiresFargate && !log.options['awslogs-stream-prefix']) {
    throw clientError(
      'Log driver awslogs requires option awslogs-stream-prefix when using Fargate launch type.',
    );
  }
  if (task.requiresFargate && !task.hasExecutionRole) {
    throw clientError(
      'Fargate requires task definition to have execution role ARN to support log driver awslogs.',
    );
  }
}
