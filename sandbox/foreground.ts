/** Runs a foreground sandbox in a child process with few variables, because /proc still shows variables that a process deletes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { join } from 'node:path';
import { keptVariables } from './environment.ts';
import { V8_OPTIONS } from './v8-options.ts';

/** The signals that end a sandbox. This process passes them on to the child, which also receives Ctrl-C from the terminal. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs the sandbox with the given arguments, and with only the environment variables that a sandbox keeps. When this
 * process dies, even by SIGKILL, the channel to the child closes, and the child stops.
 * @returns the exit code of the sandbox, or 128 + n when signal n killed it
 * @throws the error of spawn when the child cannot be started
 */
export async function runInChild(args: readonly string[]): Promise<number> {
  const runner = join(import.meta.dirname, '../run.js');
  const child = spawn(process.execPath, [...V8_OPTIONS, runner, 'sandbox', ...args], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: keptVariables(process.env),
  });
  for (const signal of SIGNALS) process.on(signal, () => child.kill(signal));
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return code ?? 128 + constants.signals[signal ?? 'SIGKILL'];
}
