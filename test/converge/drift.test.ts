// What somebody changed behind our back is named by `npm run drift`, repaired by provision, and then there is none.
import { expect, test } from '@jest/globals';
import type { StackInput } from '../../lib/config/schema.ts';
import { account, planInWords } from './harness.ts';
import { built, mishaps, type Mishap } from './mishaps.ts';
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

test.each(all)('%s', async (_what, { drifts, does }, one) => {
  const user = await account();
  await user.up(one);
  const whole = user.census();
  expect(await user.drift(one)).toMatchObject({ exitCode: 0, text: expect.stringMatching(/^No drift: /) });

  const ids = user.ids();
  await does(user.aws, (address, field) => ids[address]?.[field] ?? '');

  const { exitCode, text } = await user.drift(one);
  expect(exitCode).toBe(2);
  for (const address of drifts.map((drift) => drift.split(' ')[1])) expect(text).toContain(`  ${address}`);
  const plan = await user.plan(one);
  expect(plan.map(({ verb, address }) => `${verb} ${address}`).sort()).toEqual([...drifts].sort());
  expect(planInWords(plan)).toMatchSnapshot();
  await user.up(one);
  expect(await user.drift(one)).toMatchObject({ exitCode: 0 });
  expect(user.census()).toEqual(whole);
  await user.down(one);
  expect(user.census()).toEqual({});
});
