/** Shortens ECS's messages, and extracts what they say. Pure. */
import type { Task } from '@aws-sdk/client-ecs';
import type { Facts, TaskFacts } from './facts.ts';

/** Shortens an ECS message: drops the service, and reduces target group ARNs to names. */
export const shortened = (message: string): string =>
  message.replace(/^\(service [^)]+\) /, '').replace(/arn:[^ ,)]*:targetgroup\/([^/ )]+)\/\w+/g, '$1');

/** Whether a message of ECS reports that something has gone wrong. */
export const reportsTrouble = (message: string): boolean => /unable|failed|unhealthy/.test(message);

/** Matches the reason of a container that waited for another one; it names their images, too. */
const NOT_STARTED = /dependency graph: .*?container ordering dependency \[([^\s(\]]+)/;

/** Describes how a task ended, in ECS's words; empty if the task has not ended. */
export function endingText({
  stoppedReason,
  containers = [],
}: Pick<Task, 'stoppedReason' | 'containers'> | TaskFacts): string {
  if (stoppedReason === undefined) return '';
  const endings = containers
    .filter(({ exitCode = 0, reason }) => reason !== undefined || exitCode !== 0)
    .map(({ name, exitCode, reason = '' }) => {
      const [, other] = NOT_STARTED.exec(reason) ?? [];
      if (other !== undefined) return `${name} did not start: it waited for ${other}`;
      return [name, exitCode === undefined ? '' : `exit code ${exitCode}`, reason].filter(Boolean).join(' ');
    });
  return [shortened(stoppedReason), ...endings].join('; ');
}

/**
 * Matches ECS's messages about tasks that cannot reach the internet.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/resource-initialization-error.html
 */
export const NO_NETWORK =
  /i\/o timeout|dial (?:tcp|udp)|TLS handshake timeout|connection timed out|request canceled|context deadline exceeded|connection issue|Check your (?:task )?network configuration|Context canceled|signal: killed|Client\.Timeout exceeded/i;

const PLACEMENT = /unable to place a task\. Reason: (.+)$/;

/**
 * Returns every message in which ECS says why a task did not start: the reasons of tasks and containers, and the events.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
 */
export function startFailures({ tasks, events }: Facts): StartFailure[] {
  const ofTasks = tasks
    .filter(({ stopCode }) => stopCode === 'TaskFailedToStart')
    .flatMap(({ stoppedReason = '', containers }) => {
      const ofContainers = containers.filter(({ reason }) => reason !== undefined);
      const named = ofContainers.map(({ name, reason = '' }) => ({ container: name, text: reason }));
      return [...named, { container: undefined, text: stoppedReason }];
    });
  const ofEvents = events.flatMap((event) => {
    const [, text] = PLACEMENT.exec(event) ?? [];
    return text === undefined ? [] : [{ container: undefined, text }];
  });
  return [...ofTasks, ...ofEvents];
}

/** One message about a start that failed, and the container that it belongs to, if ECS says so. */
export interface StartFailure {
  readonly container: string | undefined;
  readonly text: string;
}
