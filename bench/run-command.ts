/** Runs a command as a user does, to its end: how long it took, how much memory its processes had, and what it said. */
import { spawn, type ChildProcess } from 'node:child_process';
import { onCleanup } from './cleanup.ts';
import { watchMemory } from './memory.ts';

export interface RunResult {
  /** Wall time, seconds. */
  readonly seconds: number;
  /** The most that all its processes had resident at one moment, megabytes; undefined where that cannot be seen. */
  readonly megabytes: number | undefined;
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Seconds after which it and its processes are killed. */
  readonly timeoutSeconds: number;
  /** Exit codes that are as they should be. */
  readonly expectedCodes?: readonly number[];
}

/** How much of what a command said is told when it fails. */
const SHOWN_LINES = 15;

/** @throws Error with the last that it said when it ends in any other way than it should */
export async function runCommand({
  command,
  args,
  cwd,
  env,
  timeoutSeconds,
  expectedCodes = [0],
}: Command): Promise<RunResult> {
  const start = performance.now();
  // A group of its own, so that all its processes can be ended at once.
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const memory = watchMemory(child.pid);
  const closed = onCleanup(() => killGroup(child));
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    killGroup(child);
  }, timeoutSeconds * 1000);
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => (said.stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (said.stderr += String(chunk)));
  try {
    const code = await new Promise<number | null>((ended, failed) => {
      child.on('error', failed);
      child.on('close', ended);
    });
    const seconds = (performance.now() - start) / 1000;
    if (isLate || code === null || !expectedCodes.includes(code)) {
      const how = isLate ? `was not done within ${timeoutSeconds} s` : `ended with ${code}`;
      const last = `${said.stdout}${said.stderr}`.trimEnd().split('\n').slice(-SHOWN_LINES).join('\n');
      throw new Error(`${[command, ...args].join(' ')} ${how}:\n${last}`);
    }
    return { seconds, megabytes: memory.peak(), code, ...said };
  } finally {
    clearTimeout(timer);
    memory.stop();
    await closed();
  }
}

/** Ends a process and all of its group, at once; of one that has ended, the number may be another's by now. */
export function killGroup({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has just ended.
  }
}
