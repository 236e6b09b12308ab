/** Checks the prerequisites of a Fargate task: a route to ECR, a log group and an image. Failures use ECS's wording. */
import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import { pullImage, type PulledImage } from '../aws/ecr/pull.ts';
import type { TaskDefinitionRow, TaskRow } from '../aws/ecs/store.ts';
import { hasLogGroup } from '../aws/logs/append.ts';
import { checkEgress } from '../network/reachability.ts';
import type { TaskFailure } from './data-plane.ts';
import type { Region } from '../world/region.ts';

/** The reason why a task cannot start. */
export class CannotStartTaskError extends Error {
  readonly failure: TaskFailure;
  constructor(reason: string, container?: string) {
    super(reason);
    this.name = 'CannotStartTaskError';
    this.failure = { stopCode: 'TaskFailedToStart', reason, container };
  }
}

/**
 * Checks that a task could start on AWS.
 * @throws CannotStartTaskError
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/resource-initialization-error.html
 */
export function checkPrerequisites(region: Region, task: TaskRow, definition: TaskDefinitionRow): void {
  const egress = checkEgress(region, task.subnetId, task.securityGroups, {
    privateIp: task.privateIp,
    hasPublicIp: task.assignPublicIp,
  });
  if (egress !== 'open') throw noRouteToEcr(region, egress);
  for (const { logConfiguration } of definition.containerDefinitions ?? []) {
    const group = logConfiguration?.options?.['awslogs-group'];
    const mayCreate = logConfiguration?.options?.['awslogs-create-group'] === 'true';
    if (logConfiguration?.logDriver === 'awslogs' && group && !mayCreate && !hasLogGroup(region, group)) {
      throw noLogGroup();
    }
  }
}

/**
 * Returns the image of a container.
 * @param digest the digest that the deployment pinned, if any
 * @param architecture the task's architecture, which selects the image if the reference names an index
 * @throws CannotStartTaskError
 */
export function pullContainerImage(
  region: Region,
  { name, image = '' }: ContainerDefinition,
  digest: string | undefined,
  architecture: 'amd64' | 'arm64',
): PulledImage {
  try {
    const pinned = digest === undefined || image.includes('@') ? image : `${image}@${digest}`;
    return pullImage(region, pinned, architecture);
  } catch (error) {
    throw new CannotStartTaskError(error instanceof Error ? error.message : String(error), name);
  }
}

/** Returns ECS's error with the cause appended, because ECS's message does not name the cause. */
const noRouteToEcr = ({ name, partition }: Region, cause: string) =>
  new CannotStartTaskError(
    'ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth from ' +
      'Amazon ECR: There is a connection issue between the task and Amazon ECR. Check your task network configuration. ' +
      `RequestError: send request failed caused by: Post "https://api.ecr.${name}.${partition.dnsSuffix}/": dial tcp: i/o timeout ` +
      `(sandbox: ${cause})`,
  );

const noLogGroup = () =>
  new CannotStartTaskError(
    'ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to ' +
      'create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist. : exit status 1',
  );
