/** Follows a one-off task: passes on what its container prints, until the command has ended. */
import { DescribeTasksCommand, StopTaskCommand, type Task } from '@aws-sdk/client-ecs';
import { isAccessDenied, messageOf } from '../aws/errors.ts';
import { logStreamOf } from '../diagnosis/read-log.ts';
import { failed, pending, ready, type ProbeResult } from '../engine/until.ts';
import { ifFound } from '../look/if-found.ts';
import type { Clock } from '../model/clock.ts';
import { outputReader, type OutputLine } from './output-lines.ts';
import type { OneOffContext, OneOffRequest, StartedTask } from './start-task.ts';

/** How long ECS may not show a new task, in milliseconds. */
const VISIBLE_MS = 60_000;
/** The number of reads without a line after which the log of an ended task is complete: lines may arrive late. */
const QUIET_READS = 2;
/** The number of reads after the end of a task at which its log counts as complete in any case. */
const MAX_LAST_READS = 20;
/** The number of characters of a task's id that are shown. */
const ID_DIGITS = 8;

/** The functions that are called while a task is followed. */
export interface TaskListener {
  /** Takes lines, and resolves when it takes more. */
  readonly onLines: (lines: readonly OutputLine[]) => Promise<void> | void;
  /** Reports once why the lines are missing. */
  readonly onWarning: (text: string) => void;
}

/**
 * Returns a probe that is ready with the task once its command has ended, and all its lines have been passed on. ECS reports the
 * exit code of a container before the task has stopped. If a container fails that the command waits for, ECS may leave the task
 * waiting, so the probe stops it.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html
 */
export function taskProbe(
  context: OneOffContext & { readonly clock: Clock },
  { taskArn, id }: StartedTask,
  request: Pick<OneOffRequest, 'service' | 'container' | 'definition'>,
  { onLines, onWarning }: TaskListener,
): () => Promise<ProbeResult<Task>> {
  const { aws, names, clock } = context;
  const { cluster } = names;
  const startedAt = clock.now();
  const stream = {
    logGroupName: names.logGroup,
    logStreamName: logStreamOf(request.service.name, request.container, id),
  };
  const readLines = outputReader(aws, stream);
  const shownId = id.slice(0, ID_DIGITS);
  let isReadable = true;
  let isStopped = false;
  let quietReads = 0;
  let lastReads = 0;
  let lastLine = '';

  /** Passes the new lines on, and returns their number. */
  async function passLines(): Promise<number> {
    if (!isReadable) return 0;
    try {
      const lines = await readLines();
      await onLines(lines);
      lastLine = lines.at(-1)?.text ?? lastLine;
      return lines.length;
    } catch (error) {
      if (!isAccessDenied(error)) throw error;
      isReadable = false;
      onWarning(`what the task prints cannot be read: ${messageOf(error)}`);
      return 0;
    }
  }

  return async () => {
    const response = await ifFound(() => aws.ecs(new DescribeTasksCommand({ cluster, tasks: [taskArn] })));
    const [task] = response?.tasks ?? [];
    if (!task) {
      if (clock.now() - startedAt < VISIBLE_MS) return pending(`ECS does not show task ${shownId} yet`);
      return failed(`ECS does not list task ${id} any more.`);
    }
    const count = await passLines();
    if (hasEnded(task, request.container)) {
      quietReads = count === 0 ? quietReads + 1 : 0;
      lastReads += 1;
      const isComplete = !isReadable || quietReads >= QUIET_READS || lastReads >= MAX_LAST_READS;
      return isComplete ? ready(task) : pending(`task ${shownId} has ended`);
    }
    if (!isStopped && isBlocked(task, request)) {
      isStopped = true;
      await stopTask(context, { taskArn }, 'A container failed that the command waits for.');
    }
    const text = task.lastStatus === 'RUNNING' ? 'runs' : `is ${task.lastStatus}`;
    return pending([`task ${shownId} ${text}`, lastLine].filter(Boolean).join(' · '));
  };
}

/** Whether the command has ended, or the task has stopped without it. */
const hasEnded = ({ lastStatus, containers = [] }: Task, container: string): boolean =>
  lastStatus === 'STOPPED' ||
  containers.some(({ name, exitCode }) => name === container && exitCode !== undefined);

/** Whether a container has failed whose success another one waits for, so that the command never starts. */
const isBlocked = ({ containers = [] }: Task, { definition }: Pick<OneOffRequest, 'definition'>): boolean =>
  (definition.containerDefinitions ?? [])
    .flatMap(({ dependsOn = [] }) => dependsOn)
    .some(
      ({ containerName, condition }) =>
        condition === 'SUCCESS' &&
        containers.some(({ name, exitCode = 0 }) => name === containerName && exitCode !== 0),
    );

/**
 * Stops a one-off task, even if the run is interrupted. ECS sends SIGTERM, and SIGKILL after the stop timeout.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StopTask.html
 */
export async function stopTask(
  { aws, names }: Pick<OneOffContext, 'aws' | 'names'>,
  { taskArn }: Pick<StartedTask, 'taskArn'>,
  reason: string,
): Promise<void> {
  await aws.ecsUninterrupted(new StopTaskCommand({ cluster: names.cluster, task: taskArn, reason }));
}
