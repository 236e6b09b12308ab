// Ctrl-C at any step of a provision, a drift and a teardown: it ends, all is recorded, and the next run brings it to its end.
import { expect, test } from '@jest/globals';
import { machine } from '../../journeys/harness.ts';
import { tinyStack } from '../../journeys/tiny.ts';
import { expectSaved, interrupted, press } from './press.ts';

/** By what a run says just before: the surest clock there is. */
const MOMENTS = [
  ['while it surveys', /^provision tiny/m],
  ['when it has its plan', /^plan: /m],
  ['after the first create', /created/],
  ['while the network is made', /vpc +created/],
  ['while the image is pushed', /repositories\.\S+ +created/],
  ['after the image is pushed', /images\.\S+ +created/],
  ['while the load balancer is made', /securityGroups\.balancer +created/],
  ['while it waits for the NAT gateway', /natGateway +waiting/],
  ['while tasks start', /services\.web +waiting/],
  ['while paths are asked', /^ +GET http/m],
] as const;

test('of a provision', async () => {
  const user = await machine();
  const flags = tinyStack(user);
  await user.start('sandbox').says(/answers at/);
  expect(await user.run('provision', ...flags, '--stage', 'whole')).toMatchObject({ code: 0 });
  const whole = await user.census();
  for (const [index, [moment, said]] of MOMENTS.entries()) {
    const stage = `m${index}`;
    const running = user.start('provision', ...flags, '--stage', stage);
    await running.says(said);
    const outcome = await press(running, `provision, ${moment}`);
    // It may have been done before the signal came.
    if (outcome.code !== 0) expect(outcome).toMatchObject(interrupted('provision'));
    expectSaved(user, stage);
    expect(await user.run('provision', ...flags, '--stage', stage)).toMatchObject({
      code: 0,
      problem: undefined,
    });
    expect({ moment, census: await user.census() }).toEqual({
      moment,
      census: Object.fromEntries(Object.entries(whole).map(([kind, count]) => [kind, 2 * count])),
    });
    expect(await user.run('teardown', ...flags, '--stage', stage, '--yes')).toMatchObject({ code: 0 });
  }
  const drift = user.start('provision', ...flags, '--stage', 'whole', '--drift');
  await drift.says(/^drift tiny/m);
  const { code } = await press(drift, 'drift, while it surveys');
  expect([0, 130]).toContain(code);
}, 900_000);

test('of a teardown', async () => {
  const user = await machine();
  const flags = tinyStack(user);
  await user.start('sandbox').says(/answers at/);
  expect(await user.run('provision', ...flags)).toMatchObject({ code: 0 });
  const moments = [
    ['while it surveys', /^teardown tiny/m],
    ['after the first removal', /removed/],
    ['while the service ends', /services\.web +waiting/],
    ['while the network is taken down', /(loadBalancer|natGateway) +removed/],
  ] as const;
  for (const [moment, said] of moments) {
    const running = user.start('teardown', ...flags, '--yes');
    // An earlier one may have removed what this one would speak of.
    await running.says(said).catch(() => undefined);
    const outcome = await press(running, `teardown, ${moment}`, 'SIGTERM');
    if (outcome.code !== 0) expect(outcome).toMatchObject(interrupted('teardown'));
    expectSaved(user, 'dev');
  }
  expect(await user.run('teardown', ...flags, '--yes')).toMatchObject({ code: 0, problem: undefined });
  expect(await user.census()).toEqual({});
  expect(user.stateFiles()).toEqual([]);
}, 600_000);
