/** Does what ECS does before the containers of a Fargate task start: signs in to ECR, then pulls the images. */
import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import { pullImage, type PulledImage } from '../aws/ecr/pull.ts';
import { parseReference } from '../aws/ecr/references.ts';
import { isRegistryOf } from '../aws/ecr/registry.ts';
import type { TaskDefinitionRow, TaskRow } from '../aws/ecs/store.ts';
import { checkEgress, INTERNET_ADDRESS } from '../network/reachability.ts';
import { CannotStartContainerError } from '../runtime/command.ts';
import { durations } from '../world/durations.ts';
import type { Region } from '../world/region.ts';
import { architectureOf } from './container-setup.ts';
import type { TaskFailure } from './data-plane.ts';
import { serviceError, type RoleDenial } from './execution-role.ts';
import { GIVEN_UP_EXIT_CODE } from './start-order.ts';

/** The reason why a task cannot start. */
export class CannotStartTaskError extends Error {
  readonly failure: TaskFailure;

  constructor(reason: string, details: Omit<TaskFailure, 'stopCode' | 'reason'> = {}) {
    super(reason);
    this.name = 'CannotStartTaskError';
    this.failure = { stopCode: 'TaskFailedToStart', reason, ...details };
  }
}

/** The beginning of the reason if secrets cannot be read or if ECS cannot sign in. */
export const SIGN_IN = 'ResourceInitializationError: unable to pull secrets or registry auth:';

/**
 * Signs in to ECR. A task whose images are in other registries does not sign in.
 * @throws CannotStartTaskError
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/resource-initialization-error.html
 */
export function signIn(
  region: Region,
  task: TaskRow,
  { containerDefinitions = [] }: TaskDefinitionRow,
  denial: RoleDenial,
): void {
  const usesEcr = containerDefinitions.some(({ image = '' }) =>
    isRegistryOf(region, parseReference(image).host),
  );
  if (!usesEcr) return;
  const obstacle = obstacleOf(region, task);
  if (obstacle !== undefined) throw noRouteToEcr(region, obstacle);
  const denied = denial('ecr:GetAuthorizationToken', '*');
  if (denied === undefined) return;
  const error = serviceError(
    region,
    'ECR',
    'GetAuthorizationToken',
    `api error AccessDeniedException: ${denied}`,
  );
  throw new CannotStartTaskError(
    `${SIGN_IN} execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been retried 1 time(s): ${error}`,
  );
}

/**
 * Pulls the images of all containers, before any of them starts.
 * @returns the images by container
 * @throws CannotStartTaskError
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html
 */
export function pullImages(
  region: Region,
  task: TaskRow,
  { containerDefinitions = [], runtimePlatform }: TaskDefinitionRow,
  denial: RoleDenial,
): Map<string, PulledImage> {
  const architecture = architectureOf(runtimePlatform);
  const obstacle = obstacleOf(region, task);
  const network = { hasRoute: obstacle === undefined, resolver: resolverOf(region, task.subnetId) };
  return new Map(
    containerDefinitions.map((definition): [string, PulledImage] => {
      const { name = '' } = definition;
      try {
        const reference = pinnedReference(definition, task);
        return [name, pullImage(region, reference, architecture, { network, denial })];
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        const note = obstacle === undefined ? '' : ` (sandbox: ${obstacle})`;
        throw new CannotStartTaskError(`${reason}${note}`, {
          container: name,
          retryMs: durations.pullRetry,
        });
      }
    }),
  );
}

/** Returns the reference of an image, with the digest to which its tag pointed when the deployment began. */
function pinnedReference({ name, image = '' }: ContainerDefinition, { containers }: TaskRow): string {
  const digest = containers.find((container) => container.name === name)?.imageDigest;
  return digest === undefined || image.includes('@') ? image : `${image}@${digest}`;
}

/** Returns what prevents a task from reaching the internet, if anything. */
export function obstacleOf(region: Region, task: TaskRow): string | undefined {
  const egress = checkEgress(region, task.subnetId, task.securityGroups, {
    privateIp: task.privateIp,
    hasPublicIp: task.assignPublicIp,
  });
  return egress === 'open' ? undefined : egress;
}

/** Returns the address of a VPC's DNS server: the base of its block plus two. */
function resolverOf({ ec2 }: Region, subnetId: string): string {
  const block = ec2.vpcs.get(ec2.subnets.get(subnetId)?.VpcId)?.CidrBlock ?? '10.0.0.0/16';
  return block.replace(/\d+\/\d+$/, (end) => String(parseInt(end, 10) + 2));
}

/** Returns ECS's error with the cause appended, because ECS's message does not name the cause. */
const noRouteToEcr = ({ name, partition }: Region, cause: string) =>
  new CannotStartTaskError(
    `${SIGN_IN} The task cannot pull registry auth from Amazon ECR: There is a connection issue between the task and ` +
      'Amazon ECR. Check your task network configuration. operation error ECR: GetAuthorizationToken, exceeded maximum ' +
      'number of attempts, 3, https response error StatusCode: 0, RequestID: , request send failed, ' +
      `Post "https://api.ecr.${name}.${partition.dnsSuffix}/": dial tcp ${INTERNET_ADDRESS}:443: i/o timeout (sandbox: ${cause})`,
    { retryMs: durations.signInTimeout },
  );

/** Returns the error of a task whose essential container waits for something that can never happen. */
export const dependencyError = (container: string, containerReason: string): CannotStartTaskError =>
  new CannotStartTaskError('Task failed to start', {
    container,
    containerReason,
    exitCode: GIVEN_UP_EXIT_CODE,
  });

/**
 * Returns the error of a task that could not start.
 * @param container the container that was being started, if any
 */
export function startError(error: unknown, container?: string): CannotStartTaskError {
  if (error instanceof CannotStartTaskError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return error instanceof CannotStartContainerError
    ? new CannotStartTaskError('Task failed to start', { container, containerReason: reason })
    : new CannotStartTaskError(`ContainerRuntimeError: ${reason}`, { container });
}
