/** Runs a container of a Fargate task as a process on this machine: starts it, runs commands in it and stops it. */
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  CannotStartContainerError,
  DEFAULT_PATH,
  healthCheckCommand,
  resolveCommand,
  type ProgramSearch,
} from './command.ts';
import { removeRecord, recordContainer } from './orphaned-containers.ts';
import { makeLineSplitter } from './lines.ts';
import { executionErrorOf, reasonOf } from './executable.ts';
import { startExecution, type ContainerExecution, type TerminalSize } from './execution.ts';
import { makeReadOnly } from './file-modes.ts';
import { noIsolation, type Isolation, type IsolationSettings } from './isolation.ts';
import { withOpenFiles, type OpenFileLimits } from './open-files.ts';
import { reachesProcessOne } from './pid-one.ts';
import { portsFolder } from './ports.ts';
import { signalNumber, startProcess, type ProcessSpec, type RunningProcess } from './process.ts';
import { resolveInside } from './rootfs.ts';
import type { BindMount } from './staged-root.ts';
import { stopWithin } from './stop-deadline.ts';
import { openTaskToOthers, prepareTask, type TaskEnvironmentSpec } from './task.ts';
import { resolveUser } from './user.ts';
import { prepareVolumes } from './volumes.ts';

export interface ContainerSpec extends Omit<TaskEnvironmentSpec, 'ignoredSignal'> {
  /** The entry point and the command, in one list. */
  command: readonly string[];
  /** A path as the container sees it; the folder is created if necessary, as container runtimes do. */
  workingDirectory: string;
  /** The user as the task definition or the image names it; '' and undefined mean root. */
  user?: string;
  /** Whether the root file system is read-only; false by default. */
  readOnlyRoot?: boolean;
  /** Whether containers share the root file system, which is then read-only and complete already; false by default. */
  hasSharedRoot?: boolean;
  /** Folders of this machine, by the path at which the container sees them, if the isolation has volumes. */
  volumes?: readonly BindMount[] | undefined;
  /** By default the limits of this machine. */
  openFiles?: OpenFileLimits | undefined;
  /** How users and read-only root file systems are enforced; not at all by default. */
  isolation?: Isolation;
  /** `SIGTERM` by default. */
  stopSignal?: string;
  /**
   * Whether an init process forwards signals to the program; false by default. Without it the program is process 1, which
   * ignores a stop signal that it does not handle.
   */
  hasInitProcess?: boolean;
  /** The time from the stop signal to SIGKILL, in milliseconds. */
  stopTimeoutMs: number;
}

/** Receives a container's output. */
export interface ContainerOutput {
  line(stream: 'stdout' | 'stderr', text: string): void;
}

export interface RunningContainer {
  pid: number;
  /** Resolves when the program has ended, its children have been killed, and its last line has been delivered. */
  exited: Promise<{ exitCode: number }>;
  /**
   * Sends the stop signal to the first process and, after the timeout, SIGKILL to all processes. Further calls can only shorten the timeout.
   * @param maxMs a shorter timeout, in milliseconds
   */
  stop(maxMs?: number): Promise<{ exitCode: number }>;
  /** Kills the container's processes, as the kernel does when they exceed their memory limit. */
  kill(): void;
  /**
   * Runs a command inside the container.
   * @param command a program with its arguments, or a health check in ECS's form (`['CMD-SHELL', 'text']`)
   * @param timeoutMs the time after which the command is killed, in milliseconds
   * @returns the exit code (127 when the command could not be started, 137 when it was killed) and the first 4096 bytes
   *   of its output
   */
  run(command: readonly string[], timeoutMs: number): Promise<ContainerCommandResult>;
  /**
   * Starts a command with input, and with a terminal if this machine has the tools for one. It ends with the container.
   * @throws CannotStartContainerError when the program is not in the image
   */
  execute(command: readonly string[], size?: TerminalSize): Promise<ContainerExecution>;
}

export interface ContainerCommandResult {
  exitCode: number;
  output: string;
  timedOut: boolean;
}

/** The maximum number of bytes of a health check's output to keep, as in Docker. */
const MAX_OUTPUT_BYTES = 4096;

const SIGKILL = signalNumber('SIGKILL');
const KILLED_EXIT_CODE = 128 + SIGKILL;
const NOT_STARTED_EXIT_CODE = 127;

/**
 * Starts a container.
 * @param spec what to run and where
 * @param output receives the output line by line; the first lines may arrive before this function returns
 * @throws CannotStartContainerError when the program or the user is not in the image, or the program cannot be run
 * @throws RangeError for an invalid name or an unknown stop signal
 */
export async function startContainer(
  spec: ContainerSpec,
  output: ContainerOutput,
): Promise<RunningContainer> {
  // The program runs in a different folder, so relative paths must be made absolute first.
  const resolved = { ...spec, taskDirectory: resolve(spec.taskDirectory), rootfs: resolve(spec.rootfs) };
  if (!/^[\w-]{1,255}$/.test(resolved.name)) throw new RangeError(`invalid container name: ${resolved.name}`);
  const stopSignal = signalNumber(resolved.stopSignal ?? 'SIGTERM');
  const folder = await resolveInside(resolved.rootfs, resolved.workingDirectory);
  if (!resolved.hasSharedRoot) await mkdir(folder, { recursive: true });
  const { isolation = noIsolation, readOnlyRoot: readOnly = false } = resolved;
  const user = await resolveUser(resolved.rootfs, resolved.user ?? '');
  const ignoredSignal = resolved.hasInitProcess ? 0 : stopSignal;
  const environment = await prepareTask({ ...resolved, ignoredSignal });
  if (isolation.hasOtherUsers) await openTaskToOthers(resolved.taskDirectory);
  if (readOnly && isolation.needsReadOnlyModes && !resolved.hasSharedRoot)
    await makeReadOnly(resolved.rootfs);
  const settings: IsolationSettings = {
    user,
    readOnly,
    writableFolder: portsFolder(resolved.taskDirectory),
    ...(await prepareVolumes(resolved)),
  };
  const search: ProgramSearch = { ...resolved, path: resolved.environment.PATH ?? DEFAULT_PATH };

  const startWith = async <Started>(
    command: readonly string[],
    start: (spec: ProcessSpec) => Promise<Started>,
  ): Promise<Started> => {
    const program = await resolveCommand(command, search);
    const isolated = withOpenFiles(isolation.wrap(program, settings), resolved.openFiles);
    const code = await executionErrorOf(program.file);
    if (code) throw new CannotStartContainerError(`exec ${command[0]}: ${reasonOf({ code, message: code })}`);
    return start({ ...isolated, folder, environment }).catch((cause: unknown) => {
      throw new CannotStartContainerError(`exec ${command[0]}: ${reasonOf(cause)}`, { cause });
    });
  };
  const start = (command: readonly string[], output: Parameters<typeof startProcess>[1]) =>
    startWith(command, (spec) => startProcess(spec, output));

  const lines = {
    stdout: makeLineSplitter((text) => output.line('stdout', text)),
    stderr: makeLineSplitter((text) => output.line('stderr', text)),
  };
  const main = await start(resolved.command, (stream, chunk) => lines[stream].write(chunk));
  // Recording may fail. In that case the container still runs, but after a crash of this sandbox the next sandbox does
  // not find the container.
  const recording = recordContainer(resolved.taskDirectory, resolved.name, main.pid).catch(() => undefined);
  const checks = new Set<RunningProcess>();
  const executions = new Set<ContainerExecution>();
  let isRunning = true;
  const exited = main.exited.then(async (exitCode) => {
    isRunning = false;
    lines.stdout.end();
    lines.stderr.end();
    for (const check of checks) check.signal(SIGKILL);
    for (const execution of executions) execution.kill();
    await recording;
    await removeRecord(resolved.taskDirectory, resolved.name).catch(() => undefined);
    return { exitCode };
  });
  await recording;

  const stop = stopWithin({
    exited,
    isRunning: () => isRunning,
    signalStop() {
      if (resolved.hasInitProcess || reachesProcessOne(main.pid, stopSignal)) main.signalFirst(stopSignal);
    },
    kill: () => main.signal(SIGKILL),
    stopTimeoutMs: resolved.stopTimeoutMs,
  });

  const run = async (command: readonly string[], timeoutMs: number): Promise<ContainerCommandResult> => {
    if (!isRunning)
      return { exitCode: KILLED_EXIT_CODE, output: 'the container is not running', timedOut: false };
    try {
      let output = Buffer.alloc(0);
      const check = await start(healthCheckCommand(command), (_, chunk) => {
        output = Buffer.concat([output, chunk]).subarray(0, MAX_OUTPUT_BYTES);
      });
      let timedOut = false;
      const timer = setTimeout(() => {
        timedOut = true;
        check.signal(SIGKILL);
      }, timeoutMs);
      checks.add(check);
      if (!isRunning) check.signal(SIGKILL);
      const exitCode = await check.exited;
      clearTimeout(timer);
      checks.delete(check);
      return { exitCode, output: output.toString(), timedOut };
    } catch (error) {
      return { exitCode: NOT_STARTED_EXIT_CODE, output: (error as Error).message, timedOut: false };
    }
  };

  const execute = async (command: readonly string[], size?: TerminalSize): Promise<ContainerExecution> => {
    const execution = await startWith(command, (spec) => startExecution(spec, size));
    executions.add(execution);
    void execution.ended.then(() => executions.delete(execution));
    if (!isRunning) execution.kill();
    return execution;
  };

  return {
    pid: main.pid,
    exited,
    stop,
    kill: () => main.signal(SIGKILL),
    run,
    execute,
  };
}
