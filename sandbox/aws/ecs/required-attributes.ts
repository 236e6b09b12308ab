/** The capabilities that a task definition requires of its container instance. On Fargate they have no effect. */
import type { Attribute, ContainerDefinition, RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs';

const ECR_IMAGE = /^\d{12}\.dkr[.-]ecr(-fips)?\.[\w-]+\.[\w.-]+\//;

/** Whether a container's image is in ECR. */
export const isInEcr = ({ image = '' }: ContainerDefinition): boolean => ECR_IMAGE.test(image);

const remoteApi = (version: string): string => `docker-remote-api.${version}`;

/** A feature of a task definition, and the capabilities that it requires, without their prefixes. */
interface Feature {
  readonly isUsedBy: (
    definition: RegisterTaskDefinitionRequest,
    containers: ContainerDefinition[],
  ) => boolean;
  /** The capabilities of Docker and the container agent, with the prefix `com.amazonaws.ecs.capability.`. */
  readonly agent?: readonly string[];
  /** The capabilities with the prefix `ecs.capability.`. */
  readonly ecs?: readonly string[];
}

const usesLogs = ({ logConfiguration }: ContainerDefinition): boolean =>
  logConfiguration?.logDriver === 'awslogs';

const isArnOfSecret = (reference: string): boolean => reference.includes(':secretsmanager:');

const usesSecretsOf = (
  containers: readonly ContainerDefinition[],
  test: (reference: string) => boolean,
): boolean => containers.some(({ secrets = [] }) => secrets.some(({ valueFrom = '' }) => test(valueFrom)));

/** The known features. AWS does not document them, so they were derived from recorded responses. */
const FEATURES: readonly Feature[] = [
  {
    isUsedBy: (_, containers) => containers.some(usesLogs),
    agent: ['logging-driver.awslogs', remoteApi('1.19')],
  },
  {
    isUsedBy: ({ executionRoleArn }, containers) =>
      executionRoleArn !== undefined && containers.some(usesLogs),
    ecs: ['execution-role-awslogs'],
  },
  {
    isUsedBy: (_, containers) => containers.some(isInEcr),
    agent: ['ecr-auth', remoteApi('1.19')],
  },
  {
    isUsedBy: ({ executionRoleArn }, containers) =>
      executionRoleArn !== undefined && containers.some(isInEcr),
    ecs: ['execution-role-ecr-pull'],
  },
  {
    isUsedBy: (_, containers) => usesSecretsOf(containers, (reference) => !isArnOfSecret(reference)),
    ecs: ['secrets.ssm.environment-variables'],
  },
  {
    isUsedBy: (_, containers) => usesSecretsOf(containers, isArnOfSecret),
    ecs: ['secrets.asm.environment-variables'],
  },
  {
    isUsedBy: (_, containers) => containers.some(({ repositoryCredentials }) => repositoryCredentials),
    ecs: ['private-registry-authentication.secretsmanager'],
  },
  { isUsedBy: ({ taskRoleArn }) => taskRoleArn !== undefined, agent: ['task-iam-role'] },
  {
    isUsedBy: (_, containers) => containers.some(({ healthCheck }) => healthCheck !== undefined),
    ecs: ['container-health-check'],
  },
  {
    isUsedBy: (_, containers) =>
      containers.some(({ healthCheck }) => healthCheck && healthCheck.startPeriod === undefined),
    agent: [remoteApi('1.24')],
  },
  {
    isUsedBy: (_, containers) =>
      containers.some(
        ({ healthCheck, logConfiguration }) =>
          healthCheck?.startPeriod !== undefined ||
          logConfiguration?.options?.['awslogs-create-group'] === 'true',
      ),
    agent: [remoteApi('1.29')],
  },
  {
    isUsedBy: (_, containers) => containers.some(({ memoryReservation }) => memoryReservation !== undefined),
    agent: [remoteApi('1.21')],
  },
  {
    isUsedBy: (_, containers) =>
      containers.some(({ linuxParameters }) => linuxParameters?.initProcessEnabled),
    agent: [remoteApi('1.25')],
  },
  {
    isUsedBy: (_, containers) => containers.some(({ dependsOn = [] }) => dependsOn.length > 0),
    ecs: ['container-ordering'],
  },
  {
    isUsedBy: ({ networkMode }) => networkMode === 'awsvpc',
    agent: [remoteApi('1.18')],
    ecs: ['task-eni'],
  },
];

/** Returns the capabilities that a task definition requires, each once. */
export function requiredAttributes(definition: RegisterTaskDefinitionRequest): Attribute[] {
  const used = FEATURES.filter(({ isUsedBy }) => isUsedBy(definition, definition.containerDefinitions ?? []));
  const names = used.flatMap(({ agent = [], ecs = [] }) => [
    ...agent.map((name) => `com.amazonaws.ecs.capability.${name}`),
    ...ecs.map((name) => `ecs.capability.${name}`),
  ]);
  return [...new Set(names)].map((name) => ({ name }));
}
