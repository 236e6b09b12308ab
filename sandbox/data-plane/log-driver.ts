/** The log driver `awslogs`: creates the log stream of a container when the container starts, and writes its lines. */
import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import { appendLog, hasLogGroup, openLogStream } from '../aws/logs/append.ts';
import { groupOperations } from '../aws/logs/groups.ts';
import type { Region } from '../world/region.ts';
import { taskIdOf } from './container-setup.ts';
import { serviceError, type RoleDenial } from './execution-role.ts';
import { CannotStartTaskError } from './preflight.ts';

/** Writes one line of a container's output. */
export type WriteLine = (text: string) => void;

const FAILED =
  'ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times:';

/**
 * Creates the stream of a container, `<prefix>/<container>/<task id>`.
 * @returns a function that writes a line. Lines are lost if the container has no log driver, if the role does not permit
 *   PutLogEvents, or if the log group is deleted while the container runs
 * @throws CannotStartTaskError
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
 */
export function openLog(
  region: Region,
  taskArn: string,
  { name = '', logConfiguration }: ContainerDefinition,
  denial: RoleDenial,
): WriteLine {
  const { logDriver, options = {} } = logConfiguration ?? {};
  const group = options['awslogs-group'];
  if (logDriver !== 'awslogs' || group === undefined) return () => undefined;
  const prefix = options['awslogs-stream-prefix'];
  const id = taskIdOf(taskArn);
  const stream = prefix === undefined ? id : `${prefix}/${name}/${id}`;
  const arnOf = (streamName: string) => region.arn('logs', `log-group:${group}:log-stream:${streamName}`);
  const denyCreation = (kind: 'group' | 'stream', operation: string, denied: string) => {
    const error = serviceError(
      region,
      'CloudWatch Logs',
      operation,
      `api error AccessDeniedException: ${denied}`,
    );
    return new CannotStartTaskError(
      `${FAILED} failed to create Cloudwatch log ${kind}: ${error} : exit status 1`,
    );
  };
  if (options['awslogs-create-group'] === 'true' && !hasLogGroup(region, group)) {
    const denied = denial('logs:CreateLogGroup', arnOf(''));
    if (denied !== undefined) throw denyCreation('group', 'CreateLogGroup', denied);
    groupOperations.CreateLogGroup.run({ logGroupName: group }, region);
  }
  const denied = denial('logs:CreateLogStream', arnOf(stream));
  if (denied !== undefined) throw denyCreation('stream', 'CreateLogStream', denied);
  if (!hasLogGroup(region, group)) {
    const error = 'ResourceNotFoundException: The specified log group does not exist.';
    throw new CannotStartTaskError(
      `${FAILED} failed to create Cloudwatch log stream: ${error} : exit status 1`,
    );
  }
  openLogStream(region, group, stream);
  if (denial('logs:PutLogEvents', arnOf(stream)) !== undefined) return () => undefined;
  return (text) => {
    try {
      appendLog(region, group, stream, text, region.now().getTime());
    } catch {
      // The log group was deleted while the task was running, so the output is lost, as on AWS.
    }
  };
}
