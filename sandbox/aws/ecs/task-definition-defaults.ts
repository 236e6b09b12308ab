/** Adds ECS's defaults to a task definition. Responses contain the definition with these defaults. */
import type { ContainerDefinition, RegisterTaskDefinitionRequest, TaskDefinition } from '@aws-sdk/client-ecs';
import { cpuUnits, mebibytes } from './fargate-sizes.ts';
import { requiredAttributes } from './required-attributes.ts';

/** Returns the definition with defaults, but without its ARN, revision and dates. */
export function filledDefinition(input: RegisterTaskDefinitionRequest): TaskDefinition {
  const requiresFargate = input.requiresCompatibilities?.includes('FARGATE');
  return {
    family: input.family,
    taskRoleArn: input.taskRoleArn,
    executionRoleArn: input.executionRoleArn,
    networkMode: input.networkMode ?? 'bridge',
    containerDefinitions: (input.containerDefinitions ?? []).map((container) =>
      filledContainer(container, input.networkMode === 'awsvpc'),
    ),
    volumes: (input.volumes ?? []).map((volume) => ({ ...volume, host: volume.host ?? {} })),
    placementConstraints: input.placementConstraints ?? [],
    compatibilities: requiresFargate ? ['EC2', 'FARGATE', 'MANAGED_INSTANCES'] : ['EXTERNAL', 'EC2'],
    requiresAttributes: requiredAttributes(input),
    requiresCompatibilities: input.requiresCompatibilities,
    cpu: cpuUnits(input.cpu),
    memory: mebibytes(input.memory),
    ephemeralStorage: input.ephemeralStorage,
    runtimePlatform: input.runtimePlatform,
    enableFaultInjection: false,
  };
}

function filledContainer(container: ContainerDefinition, isAwsvpc: boolean): ContainerDefinition {
  const { healthCheck } = container;
  return {
    ...container,
    cpu: container.cpu ?? 0,
    essential: container.essential ?? true,
    portMappings: (container.portMappings ?? []).map((mapping) => ({
      ...mapping,
      hostPort: mapping.hostPort || (isAwsvpc ? mapping.containerPort : 0),
      protocol: mapping.protocol ?? 'tcp',
    })),
    environment: container.environment ?? [],
    mountPoints: container.mountPoints ?? [],
    volumesFrom: container.volumesFrom ?? [],
    systemControls: container.systemControls ?? [],
    healthCheck: healthCheck && {
      ...healthCheck,
      interval: healthCheck.interval ?? 30,
      timeout: healthCheck.timeout ?? 5,
      retries: healthCheck.retries ?? 3,
    },
  };
}
