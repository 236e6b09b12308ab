// Somebody sits at the terminal: Slipway asks, and takes a no, a Ctrl-C and a wrong name for what they are.
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { watch, type Outcome } from './command.ts';
import { machine, ROOT, type Machine } from './harness.ts';
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
  const line = [process.execPath, '--import', 'tsx', join(ROOT, command, 'main.ts'), ...args];
  const running = watch(
    spawn('python3', ['-c', TERMINAL, ...line], { cwd: ROOT, env: { ...env, TERM: 'xterm' } }),
  );
  await running.says(question);
  running.child.stdin?.write(keys);
  return running.done;
}

const CTRL_C = '\x03';
const CTRL_D = '\x04';
const GREEN = '\x1b[32m';

story(
  'provision asks Do this?, teardown for the name (needs python3 on the PATH, for a terminal)',
  async () => {
    const user = await machine();
    const flags = tinyStack(user);
    const provision = (keys: string, ...more: string[]) =>
      type(user, keys, /Do this\? \[Y\/n\] /, 'provision', ...flags, ...more);
    const teardown = (keys: string) => type(user, keys, /Type its name to go on: /, 'teardown', ...flags);

    const declined = await provision('n\r');
    expect(declined.code).toBe(0);
    expect(declined.stdout).toContain('nothing was changed');
    expect((await provision(CTRL_D)).stdout).toContain('nothing was changed');
    const stopped = await provision(CTRL_C);
    expect(stopped.code).toBe(130);
    expect(stopped.stdout).toContain('Interrupted. [INTERRUPTED]');
    expect(await user.mutations()).toEqual([]);
    expect(user.stateFiles()).toEqual([]);

    const done = await provision('\r', '--no-wait');
    expect(done.code).toBe(0);
    expect(done.stdout).toMatch(/\+ create +services\.web/);
    expect(done.stdout).toContain(`${GREEN}created`);
    const made = await user.mutations();

    const mistyped = await teardown('tiny\r');
    expect(mistyped.code).toBe(0);
    expect(mistyped.stdout).toContain('This removes everything of tiny-dev.');
    expect(mistyped.stdout).toContain('nothing was removed');
    expect(await user.mutations()).toEqual(made);
    const gone = await teardown('tiny-dev\r');
    expect(gone.code).toBe(0);
    expect(gone.stdout).toMatch(/tiny-dev is gone, 0 left/);
  },
  90_000,
);
