/** The checks of a service: task definition, load balancers and counts. */
import type { DeploymentStrategy, LoadBalancer } from '@aws-sdk/client-ecs';
import type { Region } from '../../world/region.ts';
import { loadBalancerOf } from '../elbv2/usage.ts';
import { clientError, invalid, notSupported, refuseUnsupported } from './errors.ts';
import { findTaskDefinition } from './lookups.ts';
import type { TaskDefinitionRow } from './store.ts';
import { checkAdvancedConfigurations } from './strategies/balancer-checks.ts';
import { checkTargetGroup } from './target-group-rules.ts';
import { checkExistingRoles } from './task-roles.ts';

const MAX_TARGET_GROUPS = 5;
/** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html */
const MAX_TASKS = 5000;

/**
 * Returns a task definition that a service or a task can run on Fargate.
 * @param operation the operation that runs the definition; its caller must be allowed to pass the definition's roles
 * @throws ClientException, InvalidParameterException, AccessDeniedException
 */
export function runnableDefinition(
  region: Region,
  reference: string | undefined,
  operation: string,
): TaskDefinitionRow {
  if (!reference) throw invalid('TaskDefinition can not be blank.');
  const definition = findTaskDefinition(region, reference);
  if (!definition || definition.status === 'DELETE_IN_PROGRESS')
    throw clientError('TaskDefinition not found.');
  if (definition.status === 'INACTIVE') throw clientError('TaskDefinition is inactive');
  if (!definition.compatibilities?.includes('FARGATE')) {
    throw invalid('Task definition does not support launch_type FARGATE.');
  }
  checkExistingRoles(region, definition, operation);
  return definition;
}

/**
 * Checks that the target groups fit the task definition, and that each target group belongs to a load balancer.
 * @throws InvalidParameterException
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-load-balancing.html
 */
export function checkLoadBalancers(
  region: Region,
  balancers: LoadBalancer[],
  definition: TaskDefinitionRow,
  strategy: DeploymentStrategy,
): LoadBalancer[] {
  checkAdvancedConfigurations(region, balancers, strategy);
  if (balancers.length > MAX_TARGET_GROUPS) {
    throw invalid(`load balancers can have at most ${MAX_TARGET_GROUPS} items.`);
  }
  return balancers.map((balancer) => {
    refuseUnsupported(
      balancer,
      ['targetGroupArn', 'containerName', 'containerPort', 'advancedConfiguration'],
      'loadBalancers',
    );
    const { targetGroupArn, containerName, containerPort, advancedConfiguration } = balancer;
    if (!targetGroupArn)
      throw invalid('Either a target group ARN or a load balancer name must be specified.');
    const container = definition.containerDefinitions?.find(({ name }) => name === containerName);
    if (!container) throw invalid(`The container ${containerName} does not exist in the task definition.`);
    if (!container.portMappings?.some((mapping) => mapping.containerPort === containerPort)) {
      throw invalid(`The container ${containerName} did not have a container port ${containerPort} defined.`);
    }
    checkTargetGroup(region, targetGroupArn);
    if (!loadBalancerOf(region, targetGroupArn)) {
      throw invalid(
        `The target group with targetGroupArn ${targetGroupArn} does not have an associated load balancer.`,
      );
    }
    const advanced = advancedConfiguration && { advancedConfiguration };
    return { targetGroupArn, containerName, containerPort, ...advanced };
  });
}

/** @param seconds the time during which failed health checks of a new task are ignored */
export function checkGracePeriod(seconds: number | undefined, balancers: LoadBalancer[]): void {
  if (seconds === undefined) return;
  if (seconds < 0) throw invalid('Health check grace period must not be negative.');
  if (balancers.length > 0) return;
  throw invalid('Health check grace period is only valid for services configured to use load balancers');
}

export function checkDesiredCount(count: number | undefined): number {
  if (count === undefined)
    throw invalid('Desired count must be specified for the REPLICA scheduling strategy.');
  if (!Number.isInteger(count) || count < 0) throw invalid('Desired count must not be negative.');
  if (count > MAX_TASKS) throw invalid(`Desired count must not be greater than ${MAX_TASKS}.`);
  return count;
}

/** Checks that there is a task role if ECS Exec is enabled: its agent uses the role. */
export function checkExecuteCommand(enabled: boolean | undefined, { taskRoleArn }: TaskDefinitionRow): void {
  if (!enabled || taskRoleArn !== undefined) return;
  throw invalid(
    "The service couldn't be created because a valid taskRoleArn is not being used. Specify a valid task role in your task definition and try again.",
  );
}

/** Checks the platform version. `LATEST` means 1.4.0, and older versions are no longer supported. */
export function checkPlatformVersion(given = 'LATEST'): string {
  if (['LATEST', '1.4.0'].includes(given)) return given;
  throw clientError(`The platform version ${given} is not supported.`);
}

/**
 * Refuses placement settings, because they do not exist on Fargate. Also refuses service discovery and VPC Lattice, because
 * the sandbox does not support them. Empty lists are ignored.
 */
export function checkPlacement(input: {
  placementConstraints?: unknown[];
  placementStrategy?: unknown[];
  serviceRegistries?: unknown[];
  vpcLatticeConfigurations?: unknown[];
}): void {
  if (input.placementConstraints?.length) {
    throw invalid('Placement constraints are not supported with FARGATE launch type.');
  }
  if (input.placementStrategy?.length) {
    throw invalid('Placement strategies are not supported with FARGATE launch type.');
  }
  if (input.serviceRegistries?.length) throw notSupported('serviceRegistries');
  if (input.vpcLatticeConfigurations?.length) throw notSupported('vpcLatticeConfigurations');
}
