/** Runs a process in a separate group, so that it is signalled together with its children and never outlives the sandbox. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import type { UserIds } from './user.ts';

export interface ProcessSpec {
  file: string;
  args: readonly string[];
  /** The working directory, which must exist. */
  folder: string;
  environment: Record<string, string>;
  /** The user to switch to, which only root may do; by default the user of the sandbox. */
  user?: UserIds | undefined;
}

export interface RunningProcess {
  pid: number;
  /** Resolves, once all output is delivered, with the exit code of the process, or 128 + n when signal n killed it. */
  exited: Promise<number>;
  /** Sends a signal to the process and its children; has no effect when they have ended. */
  signal(signal: number): void;
  /** Sends a signal to the process alone; has no effect when it has ended. */
  signalFirst(signal: number): void;
}

/** How long to wait for output after the process has ended, since a child outside the group may keep the pipes open. */
const DRAIN_MS = 1_000;

/**
 * Starts a process and a watchdog. When the sandbox dies, even by SIGKILL, the watchdog's input ends, and the watchdog
 * kills the group. A watchdog works for every program, while preloaded code would work only for Node.
 * @param spec what to start
 * @param output receives the output as it arrives
 * @throws the error of spawn, such as ENOENT, EACCES or ENOEXEC
 */
export async function startProcess(
  spec: ProcessSpec,
  output: (stream: 'stdout' | 'stderr', chunk: Buffer) => void,
): Promise<RunningProcess> {
  const child = spawn(spec.file, spec.args, {
    cwd: spec.folder,
    env: spec.environment,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...spec.user,
  });
  const pid = await pidOf(child);
  const watchdog = startWatchdog(pid);
  child.stdout.on('data', (chunk: Buffer) => output('stdout', chunk));
  child.stderr.on('data', (chunk: Buffer) => output('stderr', chunk));
  const signal = (number: number) => signalGroup(pid, number);
  const exited = new Promise<number>((resolve) => {
    child.once('exit', () => {
      // As in a container, the end of the first process ends all others.
      signal(constants.signals.SIGKILL);
      watchdog.kill('SIGKILL');
      const drainTimer = setTimeout(
        () => [child.stdout, child.stderr].forEach((pipe) => pipe.destroy()),
        DRAIN_MS,
      );
      child.once('close', () => clearTimeout(drainTimer));
    });
    child.once('close', (code, signalName) =>
      resolve(code ?? 128 + constants.signals[signalName ?? 'SIGKILL']),
    );
  });
  // Node does not send the signal if the process has ended.
  return { pid, exited, signal, signalFirst: (number) => void child.kill(number) };
}

/**
 * Returns the number of a signal that an image names.
 * @param name `SIGTERM`, `TERM` or `15`
 * @throws RangeError when this machine has no such signal
 */
export function signalNumber(name: string): number {
  const known = new Map<string, number>(Object.entries(constants.signals));
  const number = /^\d+$/.test(name) ? Number(name) : known.get(name.startsWith('SIG') ? name : `SIG${name}`);
  if (number === undefined || number < 1 || number > 64) throw new RangeError(`invalid signal: ${name}`);
  return number;
}

/** Signals a process and its children, if they still exist. */
export function signalGroup(pid: number, signal: number): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // ESRCH: the group is gone. EPERM, on macOS: only zombies are left.
  }
}

/**
 * Starts a process that kills a process group when this process ends, by whatever cause.
 * @param pid the leader of the group
 */
export function startWatchdog(pid: number): ChildProcess {
  const watchdog = spawn('/bin/sh', ['-c', 'read -r line; kill -s KILL -- "-$0"', String(pid)], {
    env: {},
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Without a watchdog the process still runs, and killOrphanedContainers finds it.
  watchdog.on('error', () => undefined);
  return watchdog;
}

/** Returns the id of a process that was started. @throws the error of spawn, if it could not be started */
export async function pidOf(child: ChildProcess): Promise<number> {
  if (child.pid !== undefined) return child.pid;
  const [error] = (await once(child, 'error')) as [Error];
  throw error;
}
