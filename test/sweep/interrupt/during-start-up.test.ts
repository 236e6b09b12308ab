// Ctrl-C while Slipway starts, reads the configuration or starts the sandbox, and a terminal that is closed during a run.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { eventually, machine } from '../../journeys/harness.ts';
import { tinyStack } from '../../journeys/tiny-stack.ts';
import { expectSaved, interruptedOutcome, interruptRun } from './interrupt.ts';

test.each([
  [
    'waits forever',
    'export default () => new Promise(() => setInterval(() => console.error("thinking"), 50));',
  ],
  ['is busy forever', 'console.error("thinking"); for (;;);'],
  [
    'blocks its thread',
    'console.error("thinking"); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);',
  ],
])(
  'Ctrl-C interrupts a configuration that %s',
  async (what, text) => {
    const user = await machine();
    const running = user.start('provision', ...user.config(text));
    await running.outputs(/thinking/);
    expect(await interruptRun(running, `a configuration that ${what}`)).toMatchObject(
      interruptedOutcome('provision'),
    );
    expect(user.stateFiles()).toEqual([]);
  },
  60_000,
);

test('Ctrl-C while the sandbox starts ends the run, and the sandbox stops as well', async () => {
  const user = await machine();
  const running = user.start('provision', ...tinyStack(user));
  await eventually(() => existsSync(join(user.folder, '.slipway/sandbox/sandbox.log')) || undefined);
  const outcome = await interruptRun(running, 'while the sandbox starts');
  expect(outcome).toMatchObject(interruptedOutcome('provision'));
  expectSaved(user, 'dev');
  // No run uses this sandbox, so it must stop on its own.
  await eventually(() => !hasProcessWithArgument(user.folder) || undefined);
}, 60_000);

/** Whether any process of this machine has the folder among its arguments. */
function hasProcessWithArgument(folder: string): boolean {
  const { status } = spawnSync('pgrep', ['-f', '--', folder]);
  expect([0, 1]).toContain(status);
  return status === 0;
}

test('Ctrl-C at any moment of the start ends the run', async () => {
  const user = await machine();
  const flags = tinyStack(user);
  await user.start('sandbox').outputs(/answers at/);
  // Measures how long a start takes on this machine at its current load.
  const begun = performance.now();
  const first = user.start('provision', ...flags, '--plan');
  await first.outputs(/^provision tiny/m);
  const startMs = performance.now() - begun;
  await first.done;
  const codes = new Set<number | null>();
  for (let n = 0; n < 60; n += 1) {
    const running = user.start('provision', ...flags, '--json');
    // Waits for a random part of the start, or a little longer.
    for (const end = performance.now() + Math.random() * 1.5 * startMs; performance.now() < end;)
      await new Promise(setImmediate);
    const { code, stdout } = await interruptRun(running, `start ${n}`, n % 2 ? 'SIGTERM' : 'SIGINT');
    codes.add(code);
    // A signal before the handler is installed kills the process, and one after the end of the run has no effect.
    expect([130, null, 0]).toContain(code);
    if (code === 130)
      expect(JSON.parse(stdout)).toMatchObject({ ok: false, problem: { code: 'INTERRUPTED' } });
    expectSaved(user, 'dev');
  }
  expect(codes).toContain(130);
}, 600_000);

test('closing the terminal interrupts a run as Ctrl-C does', async () => {
  const user = await machine({ SLIPWAY_SANDBOX_PACE: 'aws' });
  const running = user.start('provision', ...tinyStack(user));
  await running.outputs(/natGateway +waiting/);
  expect(await interruptRun(running, 'a closed terminal', 'SIGHUP')).toMatchObject(
    interruptedOutcome('provision'),
  );
  expectSaved(user, 'dev');
}, 120_000);
