/** Task definitions: what we register for a service, and what one says, as flat fields. Pure. */
import type {
  ContainerDefinition,
  HealthCheck,
  RegisterTaskDefinitionCommandInput,
  TaskDefinition,
} from '@aws-sdk/client-ecs';
import type { Fields } from '../model/change.ts';
import type { Container, Service } from '../config/config.ts';

/** What a task definition refers to. */
export interface TaskDefinitionParts {
  readonly family: string;
  readonly region: string;
  readonly logGroup: string;
  readonly executionRoleArn: string;
  readonly taskRoleArn: string;
  /** The reference of each container's image, by its key. */
  readonly image: (container: Container) => string;
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html */
export const taskDefinitionFor = (
  service: Service,
  parts: TaskDefinitionParts,
): RegisterTaskDefinitionCommandInput => ({
  family: parts.family,
  networkMode: 'awsvpc',
  requiresCompatibilities: ['FARGATE'],
  cpu: String(service.cpu),
  memory: String(service.memory),
  runtimePlatform: { cpuArchitecture: 'X86_64', operatingSystemFamily: 'LINUX' },
  executionRoleArn: parts.executionRoleArn,
  taskRoleArn: parts.taskRoleArn,
  containerDefinitions: service.containers.map((container) => containerDefinition(service, container, parts)),
});

const containerDefinition = (
  service: Service,
  container: Container,
  parts: TaskDefinitionParts,
): ContainerDefinition => ({
  name: container.name,
  image: parts.image(container),
  essential: container.essential,
  command: container.command && [...container.command],
  portMappings: container.port === undefined ? [] : [{ containerPort: container.port, protocol: 'tcp' }],
  environment: Object.entries(container.environment).map(([name, value]) => ({ name, value })),
  readonlyRootFilesystem: container.readOnlyRoot,
  user: container.user,
  stopTimeout: container.stopSeconds,
  healthCheck: healthCheckOf(container),
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
 * An image of ours has Node, and so a way to ask itself; of an image by reference nothing is known.
 * The load balancer checks both, and both take the same status codes for good.
 */
function healthCheckOf({ image, port, protocol, health }: Container): HealthCheck | undefined {
  if (port === undefined || !('source' in image)) return undefined;
  const scheme = protocol === 'HTTPS' ? 'https' : 'http';
  const url = JSON.stringify(`${scheme}://localhost:${port}${health.path}`);
  // As the load balancer does, it takes any certificate.
  const options = protocol === 'HTTPS' ? ' { rejectUnauthorized: false },' : '';
  // Not fetch: it refuses the ports that browsers refuse, 6000 among them.
  const program = `require('${scheme}').get(${url},${options} ({ statusCode: s }) => process.exit(${isGood(health.matcher)} ? 0 : 1)).on('error', () => process.exit(1))`;
  return {
    command: ['CMD', 'node', '-e', program],
    interval: health.intervalSeconds,
    timeout: Math.min(health.timeoutSeconds, 60),
    retries: Math.min(health.unhealthyThreshold, 10),
    startPeriod: 30,
  };
}

/** A matcher of the load balancer as a condition on the status `s`: `200,204` or `200-299`. */
const isGood = (matcher: string): string =>
  matcher
    .split(',')
    .map((range) => range.split('-'))
    .map(([from, to = from]) => (from === to ? `s === ${from}` : `s >= ${from} && s <= ${to}`))
    .join(' || ');

/** What a definition says, without what AWS fills in by itself: two that say the same have equal fields. */
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
    ...Object.fromEntries(containerDefinitions.flatMap((one) => Object.entries(containerFields(one)))),
  });
}

function containerFields(
  container: ContainerDefinition,
): Record<string, string | number | boolean | undefined> {
  const { name = '', environment = [], healthCheck, logConfiguration } = container;
  const { interval, timeout, retries, startPeriod } = healthCheck ?? {};
  const variables = [...environment].sort((a, b) => ((a.name ?? '') < (b.name ?? '') ? -1 : 1));
  const at = (field: string) => `${name}.${field}`;
  return {
    [at('image')]: container.image,
    [at('essential')]: container.essential ?? true,
    [at('command')]: container.command?.length ? JSON.stringify(container.command) : '',
    [at('port')]: (container.portMappings ?? []).map(({ containerPort }) => containerPort).join(', '),
    [at('read-only root')]: container.readonlyRootFilesystem ?? false,
    [at('user')]: container.user ?? '',
    [at('stop timeout')]: container.stopTimeout ?? 30,
    [at('health check')]: healthCheck
      ? [...(healthCheck.command ?? []), interval, timeout, retries, startPeriod].join(' ')
      : '',
    [at('logs')]: Object.entries(logConfiguration?.options ?? {})
      .map(([key, value]) => `${key}=${value}`)
      .sort()
      .join(' '),
    [at('environment')]: variables.map((variable) => variable.name).join(', '),
    ...Object.fromEntries(variables.map(({ name: key, value }) => [at(`environment.${key}`), value])),
  };
}

const withoutUndefined = (fields: Record<string, string | number | boolean | undefined>): Fields =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([field, value]) => (value === undefined ? [] : [[field, value]])),
  );
