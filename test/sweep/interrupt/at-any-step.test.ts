// Ctrl-C at any step of a provision, a drift run and a teardown: the run ends with its state saved, and the next run continues.
import { expect, test } from '@jest/globals';
import { machine, type Machine } from '../../journeys/harness.ts';
import { tinyStack } from '../../journeys/tiny-stack.ts';
import { expectSaved, interruptedOutcome, interruptRun } from './interrupt.ts';

/** Moments of a run, each with the output that precedes it. */
const MOMENTS = [
  ['while it surveys', /^provision tiny/m],
  ['when its plan is ready', /^plan: /m],
  ['after the first create', /created/],
  ['while the network is created', /vpc +created/],
  ['while the image is pushed', /repositories\.\S+ +created/],
  ['after the image is pushed', /images\.\S+ +created/],
  ['while the load balancer is created', /securityGroups\.balancer +created/],
  ['while it waits for the NAT gateway', /natGateway +(waiting|created)/],
  ['while tasks start', /has started|services\.web +(waiting|created)/],
  ['while it requests the paths', /^ +GET http/m],
] as const;

test('Ctrl-C at any step of a provision saves the state, and the next run continues', async () => {
  const user = await machine();
  const flags = tinyStack(user);
  await user.start('sandbox').outputs(/answers at/);
  expect(await user.run('provision', ...flags, '--stage', 'whole')).toMatchObject({ code: 0 });
  const fullCensus = await user.census();
  const exitCodes: unknown[] = [];
  for (const [index, [moment, output]] of MOMENTS.entries()) {
    const stage = `m${index}`;
    const running = user.start('provision', ...flags, '--stage', stage);
    await running.outputs(output);
    const outcome = await interruptRun(running, `provision, ${moment}`);
    exitCodes.push(outcome.code);
    // The run may have finished before the signal arrived.
    if (outcome.code !== 0) expect(outcome).toMatchObject(interruptedOutcome('provision'));
    expectSaved(user, stage);
    expect(await user.run('provision', ...flags, '--stage', stage)).toMatchObject({
      code: 0,
      problem: undefined,
    });
    // The account contains two identical stacks, so every count is doubled.
    expect({ moment, census: await user.census() }).toEqual({
      moment,
      census: Object.fromEntries(Object.entries(fullCensus).map(([kind, count]) => [kind, 2 * count])),
    });
    expect(await user.run('teardown', ...flags, '--stage', stage, '--yes')).toMatchObject({ code: 0 });
  }
  expect(exitCodes).toContain(130);
  expect(await interruptDrift(user, [...flags, '--stage', 'whole'])).toContain(130);
}, 900_000);

/** Interrupts several drift runs. They are short, so some may finish before the signal. @returns the exit codes */
async function interruptDrift(user: Machine, flags: readonly string[]): Promise<unknown[]> {
  const exitCodes: unknown[] = [];
  for (let n = 0; n < 5; n += 1) {
    const running = user.start('provision', ...flags, '--drift');
    await running.outputs(/^drift tiny/m);
    const outcome = await interruptRun(running, `drift ${n}, while it surveys`);
    exitCodes.push(outcome.code);
    if (outcome.code !== 0) expect(outcome).toMatchObject({ code: 130, problem: { code: 'INTERRUPTED' } });
  }
  return exitCodes;
}

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s at any step of a teardown saves the state, and the next run continues',
  async (signal) => {
    const user = await machine();
    const flags = tinyStack(user);
    await user.start('sandbox').outputs(/answers at/);
    const moments = [
      ['while it surveys', /^teardown tiny/m],
      ['after the first removal', /removed/],
      ['when the service is removed', /services\.web +removed/],
      ['while the network is removed', /(loadBalancer|natGateway) +removed/],
    ] as const;
    const exitCodes: unknown[] = [];
    for (const [moment, output] of moments) {
      // Restores what the interrupted teardown has removed.
      expect(await user.run('provision', ...flags)).toMatchObject({ code: 0, problem: undefined });
      const running = user.start('teardown', ...flags, '--yes');
      await running.outputs(output);
      const outcome = await interruptRun(running, `teardown, ${moment}, by ${signal}`, signal);
      exitCodes.push(outcome.code);
      if (outcome.code !== 0) expect(outcome).toMatchObject(interruptedOutcome('teardown'));
      expectSaved(user, 'dev');
    }
    expect(exitCodes).toContain(130);
    expect(await user.run('teardown', ...flags, '--yes')).toMatchObject({ code: 0, problem: undefined });
    expect(await user.census()).toEqual({});
    expect(user.stateFiles()).toEqual([]);
  },
  600_000,
);
