// At a terminal, Slipway asks for confirmation; a no, Ctrl-C, the end of input and a mistyped name all count as refusals.
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { followProcess, type Outcome } from './command.ts';
import { machine, ROOT, type Machine } from './harness.ts';
import { createLeftoverLogGroup } from './leftover-log-group.ts';
import { tinyStack } from './tiny-stack.ts';

// Node cannot create pseudo-terminals, so this Python script runs a command in one and passes on input and output.
const TERMINAL = 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))';
const testWithPython =
  spawnSync('python3', ['-c', 'import os; os.waitstatus_to_exitcode']).status === 0 ? test : test.skip;

/** Runs a command in a terminal and types an answer to its question. */
async function typeAnswer(
  { env }: Machine,
  keys: string,
  question: RegExp,
  command: string,
  ...args: string[]
): Promise<Outcome> {
  const line = [process.execPath, join(ROOT, 'run.js'), command, ...args];
  const running = followProcess(
    spawn('python3', ['-c', TERMINAL, ...line], { cwd: ROOT, env: { ...env, TERM: 'xterm' } }),
  );
  await running.outputs(question);
  running.child.stdin?.write(keys);
  return running.done;
}

const CTRL_C = '\x03';
const CTRL_D = '\x04';
const BOLD = '\x1b[1m';

testWithPython(
  'provision asks "Do this?", and teardown asks for the name of the stack (needs python3 on the PATH)',
  async () => {
    const user = await machine();
    const flags = tinyStack(user);
    await user.start('sandbox').outputs(/answers at/);
    const provision = (keys: string) => typeAnswer(user, keys, /Do this\? \[Y\/n\] /, 'provision', ...flags);

    const declined = await provision('n\r');
    expect(declined.code).toBe(0);
    expect(declined.stdout).toMatch(/\+ create +services\.web/);
    expect(declined.stdout).toContain(`${BOLD}nothing was changed`);
    // The end of input counts as a no, although an empty line counts as a yes.
    expect((await provision(CTRL_D)).stdout).toContain('nothing was changed');
    const stopped = await provision(CTRL_C);
    expect(stopped.code).toBe(130);
    expect(stopped.stdout).toContain('The run was interrupted. [INTERRUPTED]');
    expect(await user.mutations()).toEqual([]);

    await createLeftoverLogGroup(user);
    const mistyped = await typeAnswer(user, 'tiny\r', /Type its name to continue: /, 'teardown', ...flags);
    expect(mistyped.code).toBe(0);
    expect(mistyped.stdout).toContain('This removes everything in tiny-dev.');
    expect(mistyped.stdout).toContain('nothing was removed');
    expect(await user.mutations()).toEqual(['logs:CreateLogGroup']);
    expect(user.stateFiles()).toEqual([]);
  },
  90_000,
);
