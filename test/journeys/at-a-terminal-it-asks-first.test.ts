// Somebody sits at the terminal: Slipway asks, and takes a no, a Ctrl-C and a wrong name for what they are.
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { watch, type Outcome } from './command.ts';
import { machine, ROOT, type Machine } from './harness.ts';
import { leaveLogGroup } from './leftover.ts';
import { tinyStack } from './tiny.ts';

// Node has no terminals; Python does: it runs a command in one and passes on what is typed and what is shown.
const TERMINAL = 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))';
const story =
  spawnSync('python3', ['-c', 'import os; os.waitstatus_to_exitcode']).status === 0 ? test : test.skip;

/** Runs a command in a terminal, and types once it asks. */
async function type(
  { env }: Machine,
  keys: string,
  question: RegExp,
  command: string,
  ...args: string[]
): Promise<Outcome> {
  const line = [process.execPath, join(ROOT, 'run.js'), command, ...args];
  const running = watch(
    spawn('python3', ['-c', TERMINAL, ...line], { cwd: ROOT, env: { ...env, TERM: 'xterm' } }),
  );
  await running.says(question);
  running.child.stdin?.write(keys);
  return running.done;
}

const CTRL_C = '\x03';
const CTRL_D = '\x04';
const BOLD = '\x1b[1m';

story(
  'provision asks Do this?, teardown for the name (needs python3 on the PATH, for a terminal)',
  async () => {
    const user = await machine();
    const flags = tinyStack(user);
    await user.start('sandbox').says(/answers at/);
    const provision = (keys: string) => type(user, keys, /Do this\? \[Y\/n\] /, 'provision', ...flags);

    const declined = await provision('n\r');
    expect(declined.code).toBe(0);
    expect(declined.stdout).toMatch(/\+ create +services\.web/);
    expect(declined.stdout).toContain(`${BOLD}nothing was changed`);
    // The end of the input is not the empty answer, which is a yes.
    expect((await provision(CTRL_D)).stdout).toContain('nothing was changed');
    const stopped = await provision(CTRL_C);
    expect(stopped.code).toBe(130);
    expect(stopped.stdout).toContain('Interrupted. [INTERRUPTED]');
    expect(await user.mutations()).toEqual([]);

    await leaveLogGroup(user);
    const mistyped = await type(user, 'tiny\r', /Type its name to continue: /, 'teardown', ...flags);
    expect(mistyped.code).toBe(0);
    expect(mistyped.stdout).toContain('This removes everything in tiny-dev.');
    expect(mistyped.stdout).toContain('nothing was removed');
    expect(await user.mutations()).toEqual(['logs:CreateLogGroup']);
    expect(user.stateFiles()).toEqual([]);
  },
  90_000,
);
