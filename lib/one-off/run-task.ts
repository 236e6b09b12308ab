/** Runs a one-off task to its end, and stops it if the run is interrupted. */
import type { Task } from '@aws-sdk/client-ecs';
import { messageOf } from '../aws/errors.ts';
import type { ProbeResult } from '../engine/until.ts';
import type { Clock } from '../model/clock.ts';
import { startTask, type OneOffContext, type OneOffRequest, type StartedTask } from './start-task.ts';
import { stopTask, taskProbe, type TaskListener } from './task-probe.ts';

/** Everything that running a task to its end uses. */
export interface RunTaskContext extends OneOffContext {
  readonly clock: Clock;
  /** Aborts when the run is interrupted. */
  readonly signal: AbortSignal;
  /** Repeats the probe until it is ready. */
  readonly wait: <T>(what: string, probe: () => Promise<ProbeResult<T>>) => Promise<T>;
}

/** The functions that are called while a task runs. */
export interface RunTaskListener extends TaskListener {
  readonly onStarted: (task: StartedTask) => void;
}

/** A one-off task whose command has ended. */
export interface TaskEnd {
  readonly started: StartedTask;
  readonly task: Task;
  /** The exit code of the command; undefined if it did not start. */
  readonly exitCode: number | undefined;
  /** Whether the task was stopped by someone or something other than the end of its command. */
  readonly wasStopped: boolean;
  /** How long it took from the call that started the task, in milliseconds. */
  readonly ms: number;
}

/**
 * Starts a task, passes on what its container prints, and returns how the command ended. If the run is interrupted, the task is
 * stopped; if it can no longer be followed, a warning names the command that stops it.
 * @throws TASK if ECS starts no task; the reason of the signal; the error of a refused call
 */
export async function runTask(
  context: RunTaskContext,
  request: OneOffRequest,
  listener: RunTaskListener,
): Promise<TaskEnd> {
  const { clock, signal, wait } = context;
  const start = clock.now();
  const started = await startTask(context, request);
  listener.onStarted(started);
  try {
    const task = await wait(`task ${started.id} to end`, taskProbe(context, started, request, listener));
    const { exitCode } = task.containers?.find(({ name }) => name === request.container) ?? {};
    const wasStopped = task.stopCode !== undefined && !OWN_ENDS.includes(task.stopCode);
    return { started, task, exitCode, wasStopped, ms: clock.now() - start };
  } catch (error) {
    await abandon(context, started, signal.aborted, listener.onWarning);
    throw error;
  }
}

/** The stop codes of tasks that no one stopped. */
const OWN_ENDS: readonly string[] = ['EssentialContainerExited', 'TaskFailedToStart'];

/** Stops a task whose run was interrupted. A task that cannot be followed any more keeps running. */
async function abandon(
  context: RunTaskContext,
  started: StartedTask,
  isInterrupted: boolean,
  onWarning: TaskListener['onWarning'],
): Promise<void> {
  const { cluster } = context.names;
  const command = context.awsCommand(`aws ecs stop-task --cluster ${cluster} --task ${started.id}`);
  if (!isInterrupted) return onWarning(`task ${started.id} may still run; to stop it: ${command}`);
  try {
    await stopTask(context, started, 'The command that started it was interrupted.');
    onWarning(`task ${started.id} is being stopped`);
  } catch (error) {
    onWarning(`task ${started.id} was not stopped (${messageOf(error)}); to stop it: ${command}`);
  }
}
