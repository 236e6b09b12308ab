// Every manual change is named by `npm run drift` and repaired by provision, after which there is no drift.
import { expect, test } from '@jest/globals';
import type { StackInput } from '../../lib/config/schema.ts';
import { account, planInWords, type PlannedChange } from './harness.ts';
import { manualImageChanges, manualChanges, type ManualChange } from './manual-changes.ts';
import { provisionedAccount } from './account-snapshots.ts';
import { testSample } from '../sample.ts';
import { stack } from './stacks.ts';

const fromSource: StackInput = {
  name: 'shop',
  region: 'eu-west-1',
  services: { web: { containers: { app: { source: 'app', port: 8000, path: '/app' } } } },
};
const all: [string, ManualChange, StackInput][] = [
  ...manualChanges.map((one): [string, ManualChange, StackInput] => [
    `${one.noun}: ${one.what}`,
    one,
    stack(),
  ]),
  ...manualImageChanges.map((one): [string, ManualChange, StackInput] => [
    `${one.noun}: ${one.what}`,
    one,
    fromSource,
  ]),
];

const none = { exitCode: 0, text: expect.stringMatching(/^No drift: /) };

test.each([stack(), fromSource])('a freshly provisioned stack has no drift (%#)', async (one) => {
  expect(await (await provisionedAccount(one)).drift(one)).toMatchObject(none);
});

testSample(all, async (_what, { drift, apply }, one) => {
  const user = await provisionedAccount(one);
  const whole = user.census();
  const ids = user.ids();
  await apply(user.aws, (address, field) => ids[address]?.[field] ?? '');

  const { exitCode, text, json } = await user.drift(one);
  expect(exitCode).toBe(2);
  for (const address of drift.map((line) => line.split(' ')[1])) expect(text).toContain(`  ${address}`);
  const { changes } = json['drift'] as { changes: PlannedChange[] };
  expect(changes.map(({ verb, address }) => `${verb} ${address}`).sort()).toEqual([...drift].sort());
  expect(planInWords(changes)).toMatchSnapshot();
  await user.provision(one);
  expect(await user.drift(one)).toMatchObject(none);
  expect(user.census()).toEqual(whole);
});

test('a teardown leaves nothing behind after deleted resources were repaired', async () => {
  const other = await account();
  await other.provision(stack());
  for (const { apply } of manualChanges.filter(({ what }) => /was deleted/.test(what))) {
    const ids = other.ids();
    await apply(other.aws, (address, field) => ids[address]?.[field] ?? '');
    await other.provision(stack());
  }
  await other.teardown(stack());
  expect(other.census()).toEqual({});
});
