// Random configurations in sequence: provision makes the planned changes, and the next plan is empty.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { arbitraryStack } from './arbitrary-stacks.ts';
import { account } from './harness.ts';

test('a random stack is provisioned as planned, found again without its state file, and removed without leftovers', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(arbitraryStack, { minLength: 2, maxLength: 3 }), async (stacks) => {
      const user = await account();
      for (const stack of stacks) {
        const plan = await user.plan(stack);
        const { done, calls } = await user.provision(stack);
        expect(done).toEqual(plan.map(({ address, verb }) => `${address} ${verb}`).sort());
        if (plan.length === 0) expect(calls).toEqual([]);
        expect(await user.plan(stack)).toEqual([]);
      }
      const last = stacks.at(-1);
      if (!last) return;
      const ids = user.ids();
      user.deleteState();
      expect(await user.provision(last)).toEqual({ done: [], calls: [] });
      expect(user.ids()).toEqual(ids);
      await user.teardown(last);
      expect(user.census()).toEqual({});
    }),
    { numRuns: Number(process.env['RUNS'] ?? 8) },
  );
}, 3_600_000);
