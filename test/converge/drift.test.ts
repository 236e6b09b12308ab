// Every manual change is reported by `npm run drift` and repaired by provision; afterwards there is no drift.
import { expect, test } from '@jest/globals';
import type { StackInput } from '../../lib/config/schema.ts';
import { account, planInWords } from './harness.ts';
import type { PlannedChange } from './run-results.ts';
import { manualImageChanges, manualChanges, type ManualChange } from './manual-changes.ts';
import { httpsStack, manualHttpsChanges } from './manual-https-changes.ts';
import { provisionedAccount } from './account-snapshots.ts';
import { testSample } from '../sample.ts';
import { stack } from './stacks.ts';

const stackFromSource: StackInput = {
  name: 'shop',
  region: 'eu-west-1',
  services: { web: { containers: { app: { source: 'app', port: 8000, path: '/app' } } } },
};
const titleOf = ({ noun, what }: ManualChange) => `drift in ${noun} is reported and repaired: ${what}`;
const cases: [string, ManualChange, StackInput][] = [
  ...manualChanges.map((change): [string, ManualChange, StackInput] => [titleOf(change), change, stack()]),
  ...manualImageChanges.map((change): [string, ManualChange, StackInput] => [
    titleOf(change),
    change,
    stackFromSource,
  ]),
  ...manualHttpsChanges.map((change): [string, ManualChange, StackInput] => [
    titleOf(change),
    change,
    httpsStack(),
  ]),
];

const noDrift = { exitCode: 0, text: expect.stringMatching(/^No drift\. /) };

test.each([stack(), stackFromSource, httpsStack()])(
  'a freshly provisioned stack has no drift (%#)',
  async (desired) => {
    expect(await (await provisionedAccount(desired)).drift(desired)).toMatchObject(noDrift);
  },
);

testSample(cases, async (_title, { drift, apply }, desired) => {
  const user = await provisionedAccount(desired);
  const before = user.census();
  const ids = user.ids();
  await apply(user.aws, (address, field) => ids[address]?.[field] ?? '');

  const { exitCode, text, json } = await user.drift(desired);
  expect(exitCode).toBe(2);
  expect(text).toMatch(new RegExp(`^Drift: ${drift.length} of \\d+ resources differ`, 'm'));
  const { changes } = json['drift'] as { changes: PlannedChange[] };
  expect(changes.map(({ verb, address }) => `${verb} ${address}`).sort()).toEqual([...drift].sort());
  expect(planInWords(changes)).toMatchSnapshot();
  await user.provision(desired);
  expect(await user.drift(desired)).toMatchObject(noDrift);
  expect(user.census()).toEqual(before);
});

test('a teardown leaves nothing behind after provision has recreated deleted resources', async () => {
  const user = await account();
  await user.provision(stack());
  for (const { apply } of manualChanges.filter(({ what }) => /was deleted/.test(what))) {
    const ids = user.ids();
    await apply(user.aws, (address, field) => ids[address]?.[field] ?? '');
    await user.provision(stack());
  }
  await user.teardown(stack());
  expect(user.census()).toEqual({});
});
