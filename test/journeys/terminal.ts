/** For journeys: runs a command in a terminal, and types answers. */
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from '@jest/globals';
import { followProcess, type Outcome } from './command.ts';
import { ROOT, type Machine } from './harness.ts';

// Node cannot create pseudo-terminals, so this Python script runs a command in one and passes on input and output.
const TERMINAL = 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))';

/** A test that is skipped if there is no Python. */
export const testWithPython =
  spawnSync('python3', ['-c', 'import os; os.waitstatus_to_exitcode']).status === 0 ? test : test.skip;

/**
 * Runs a command in a terminal, and types keys when the output matches a prompt.
 * @param cwd the folder in which it runs; by default the repository of Slipway
 */
export async function typeAnswer(
  { env }: Pick<Machine, 'env'>,
  { keys, prompt, cwd = ROOT }: { readonly keys: string; readonly prompt: RegExp; readonly cwd?: string },
  ...args: string[]
): Promise<Outcome> {
  const commandLine = [process.execPath, join(ROOT, 'run.js'), ...args];
  const running = followProcess(
    spawn('python3', ['-c', TERMINAL, ...commandLine], { cwd, env: { ...env, TERM: 'xterm' } }),
  );
  await running.outputs(prompt);
  running.child.stdin?.write(keys);
  return running.done;
}
