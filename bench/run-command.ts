/** Runs a command to its end as a user would, and measures its duration and memory. */
import { spawn, type ChildProcess } from 'node:child_process';
import { onCleanup } from './cleanup.ts';
import { watchMemory } from './memory.ts';

/** The result of a command. */
export interface RunResult {
  /** Wall time. */
  readonly seconds: number;
  /** The peak resident memory of all processes of the command; undefined where it cannot be measured. */
  readonly megabytes: number | undefined;
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command to run. */
export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** The time after which the command and its child processes are killed. */
  readonly timeoutSeconds: number;
  /** The exit codes of a successful run; by default 0. */
  readonly expectedCodes?: readonly number[];
}

/** The number of lines of output that are shown when a command fails. */
const SHOWN_LINES = 15;

/** Runs a command. @throws Error with the last lines of its output when it times out or exits with an unexpected code */
export async function runCommand({
  command,
  args,
  cwd,
  env,
  timeoutSeconds,
  expectedCodes = [0],
}: Command): Promise<RunResult> {
  const start = performance.now();
  // A separate process group, so that all its processes can be killed together.
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const memory = watchMemory(child.pid);
  const killCommand = onCleanup(() => killGroup(child));
  let hasTimedOut = false;
  const timer = setTimeout(() => {
    hasTimedOut = true;
    killGroup(child);
  }, timeoutSeconds * 1000);
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => (output.stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (output.stderr += String(chunk)));
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    const seconds = (performance.now() - start) / 1000;
    if (hasTimedOut || code === null || !expectedCodes.includes(code)) {
      const how = hasTimedOut ? `did not end within ${timeoutSeconds} s` : `ended with ${code}`;
      const last = `${output.stdout}${output.stderr}`.trimEnd().split('\n').slice(-SHOWN_LINES).join('\n');
      throw new Error(`${[command, ...args].join(' ')} ${how}:\n${last}`);
    }
    return { seconds, megabytes: memory.peak(), code, ...output };
  } finally {
    clearTimeout(timer);
    memory.stop();
    await killCommand();
  }
}

/** Kills a process and its group. Does nothing if the process has ended, because its id may have been reused. */
export function killGroup({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The process has just ended.
  }
}
