// A stack with every capability switched on: created, changed field by field, drifted, found without a state, and removed.
import { expect, test } from '@jest/globals';
import type { StackInput } from '../../lib/config/schema.ts';
import { everyChange, everythingOn } from '../everything/stack.ts';
import { createSurroundings, withoutLogFiles } from '../everything/surroundings.ts';
import { testSample } from '../sample.ts';
import type { AccountSnapshot } from './account-snapshots.ts';
import { account, type Account } from './harness.ts';
import { manualChanges, type ManualChange } from './manual-changes.ts';
import { manualHttpsChanges } from './manual-https-changes.ts';

const snapshots = new Map<string, Promise<AccountSnapshot>>();
let outside: Readonly<Record<string, number>>;

/** Returns an account that has a stack. The stack is provisioned once, and then restored from a snapshot. */
async function accountWith(stack: StackInput): Promise<Account> {
  const key = JSON.stringify(stack);
  const provisioned = snapshots.get(key) ?? provisionOnce(stack);
  snapshots.set(key, provisioned);
  return account({ from: await provisioned });
}

async function provisionOnce(stack: StackInput): Promise<AccountSnapshot> {
  const user = await account();
  await createSurroundings(user.sandbox.url);
  outside = user.census();
  await user.provision(stack);
  const snapshot = user.snapshot();
  await user.close();
  return snapshot;
}

/** Removes the stack, and checks that only what existed before is left. */
async function removeCompletely(user: Account, stack: StackInput): Promise<void> {
  await user.provision({ ...stack, protect: false });
  await user.teardown({ ...stack, protect: false });
  expect(user.census()).toEqual(outside);
}

test('it is created, stays as it is, is found without a state, and is removed completely', async () => {
  const user = await accountWith(everythingOn());
  expect(await user.plan(everythingOn())).toEqual([]);
  expect(await user.drift(everythingOn())).toMatchObject({ exitCode: 0 });
  const ids = user.ids();
  user.deleteState();
  expect(await user.provision(everythingOn())).toEqual({ done: [], calls: [] });
  expect(user.ids()).toEqual(ids);
  await expect(user.teardown(everythingOn())).rejects.toMatchObject({ code: 'BLOCKED' });
  await removeCompletely(user, everythingOn());
});

const changeCases = everyChange.map(([field, changes]): [string, StackInput] => [
  `its field ${field} is changed, and changed back`,
  everythingOn(changes),
]);
testSample(changeCases, async (_title, desired) => {
  const user = await accountWith(everythingOn());
  const full = user.census();
  const plan = await user.plan(desired);
  expect(plan).not.toEqual([]);
  const { done } = await user.provision(desired);
  expect(done).toEqual(plan.map(({ address, verb }) => `${address} ${verb}`).sort());
  expect(await user.plan(desired)).toEqual([]);
  await user.provision(everythingOn());
  expect(await user.plan(everythingOn())).toEqual([]);
  expect(withoutLogFiles(user.census())).toEqual(withoutLogFiles(full));
});

// AWS refuses to delete a target group that has further rules.
const driftCases = [...manualChanges, ...manualHttpsChanges]
  .filter(({ what }) => what !== 'it was deleted, with its rule')
  .map((change): [string, ManualChange] => [
    `drift in ${change.noun} is found and repaired: ${change.what}`,
    change,
  ]);
testSample(driftCases, async (_title, { noun, apply }) => {
  const stack = everythingOn({ protect: false });
  const user = await accountWith(stack);
  const full = user.census();
  const ids = Object.entries(user.ids());
  // A container with several rules has none under its own key.
  await apply(user.aws, (address, field) => {
    const [, found] = ids.find(([key]) => key === address || key.startsWith(`${address}:`)) ?? [];
    return found?.[field] ?? '';
  });
  const plan = await user.plan(stack);
  expect(plan.map(({ address }) => address.split('.')[0])).toContain(noun);
  await user.provision(stack);
  expect(await user.plan(stack)).toEqual([]);
  expect(user.census()).toEqual(full);
});
