// What somebody changed behind our back is named by `npm run drift`, repaired by provision, and then there is none.
import { expect, test } from '@jest/globals';
import type { StackInput } from '../../lib/config/schema.ts';
import { account, planInWords, type Planned } from './harness.ts';
import { built, mishaps, type Mishap } from './manual-changes.ts';
import { standing } from './account-snapshots.ts';
import { testSome } from '../sample.ts';
import { stack } from './stacks.ts';

const fromSource: StackInput = {
  name: 'shop',
  region: 'eu-west-1',
  services: { web: { containers: { app: { source: 'app', port: 8000, path: '/app' } } } },
};
const all: [string, Mishap, StackInput][] = [
  ...mishaps.map((one): [string, Mishap, StackInput] => [`${one.noun}: ${one.what}`, one, stack()]),
  ...built.map((one): [string, Mishap, StackInput] => [`${one.noun}: ${one.what}`, one, fromSource]),
];

const none = { exitCode: 0, text: expect.stringMatching(/^No drift: /) };

test.each([stack(), fromSource])('what stands has none (%#)', async (one) => {
  expect(await (await standing(one)).drift(one)).toMatchObject(none);
});

testSome(all, async (_what, { drifts, does }, one) => {
  const user = await standing(one);
  const whole = user.census();
  const ids = user.ids();
  await does(user.aws, (address, field) => ids[address]?.[field] ?? '');

  const { exitCode, text, json } = await user.drift(one);
  expect(exitCode).toBe(2);
  for (const address of drifts.map((drift) => drift.split(' ')[1])) expect(text).toContain(`  ${address}`);
  const { changes } = json['drift'] as { changes: Planned[] };
  expect(changes.map(({ verb, address }) => `${verb} ${address}`).sort()).toEqual([...drifts].sort());
  expect(planInWords(changes)).toMatchSnapshot();
  await user.up(one);
  expect(await user.drift(one)).toMatchObject(none);
  expect(user.census()).toEqual(whole);
});

test('what was mended is taken down without a trace', async () => {
  const other = await account();
  await other.up(stack());
  for (const { does } of mishaps.filter(({ what }) => /was deleted/.test(what))) {
    const ids = other.ids();
    await does(other.aws, (address, field) => ids[address]?.[field] ?? '');
    await other.up(stack());
  }
  await other.down(stack());
  expect(other.census()).toEqual({});
});
