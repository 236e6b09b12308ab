/** A process in a group of its own: it gets exactly one environment, is signalled with all its children, and never outlives us. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';

export interface ProcessSpec {
  file: string;
  args: readonly string[];
  /** The working directory, which must exist. */
  folder: string;
  environment: Record<string, string>;
}

export interface RunningProcess {
  pid: number;
  /** Settles when the process has ended and all its output is delivered: its exit code, or 128 + n when signal n ended it. */
  exited: Promise<number>;
  /** Signals the process and its children; nothing happens when they are gone. */
  signal(signal: number): void;
}

/** How long to wait for output after the end, in case a child that left the group still holds the pipes. */
const DRAIN_MS = 1_000;

/**
 * Starts a process and a watcher beside it. When this process dies, even by SIGKILL, the watcher's input ends and it kills the
 * group; a watcher serves every program, where something loaded into the program would serve only Node's.
 * @param plan what to start
 * @param output takes the output as it comes
 * @throws the error of spawn, such as ENOENT, EACCES or ENOEXEC
 */
export async function startProcess(
  plan: ProcessSpec,
  output: (stream: 'stdout' | 'stderr', chunk: Buffer) => void,
): Promise<RunningProcess> {
  const child = spawn(plan.file, plan.args, {
    cwd: plan.folder,
    env: plan.environment,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { pid } = child;
  if (pid === undefined) {
    const [error] = (await once(child, 'error')) as [Error];
    throw error;
  }
  const watcher = startWatchdog(pid);
  child.stdout.on('data', (chunk: Buffer) => output('stdout', chunk));
  child.stderr.on('data', (chunk: Buffer) => output('stderr', chunk));
  const signal = (number: number) => signalGroup(pid, number);
  const exited = new Promise<number>((resolve) => {
    child.once('exit', () => {
      // As in a container, nothing survives the first process.
      signal(constants.signals.SIGKILL);
      watcher.kill('SIGKILL');
      const drained = setTimeout(
        () => [child.stdout, child.stderr].forEach((pipe) => pipe.destroy()),
        DRAIN_MS,
      );
      child.once('close', () => clearTimeout(drained));
    });
    child.once('close', (code, by) => resolve(code ?? 128 + constants.signals[by ?? 'SIGKILL']));
  });
  return { pid, exited, signal };
}

/**
 * The number of a signal as images name it.
 * @param name `SIGTERM`, `TERM` or `15`
 * @throws RangeError when this machine knows no such signal
 */
export function signalNumber(name: string): number {
  const known = new Map<string, number>(Object.entries(constants.signals));
  const number = /^\d+$/.test(name) ? Number(name) : known.get(name.startsWith('SIG') ? name : `SIG${name}`);
  if (number === undefined || number < 1 || number > 64) throw new RangeError(`invalid signal: ${name}`);
  return number;
}

/** Signals a process and its children. Best effort: the group may be gone. */
export function signalGroup(pid: number, signal: number): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // ESRCH: nobody is left. EPERM, on macOS: only processes that have ended and wait for their parent are left.
  }
}

function startWatchdog(pid: number): ChildProcess {
  const watcher = spawn('/bin/sh', ['-c', 'read -r line; kill -s KILL -- "-$0"', String(pid)], {
    env: {},
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Without a watcher the process still runs, and stopLeftovers finds it.
  watcher.on('error', () => undefined);
  return watcher;
}
