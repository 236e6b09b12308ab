// Random configurations in sequence: provision does what its plan announced, and the plan afterwards is empty.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { arbitraryStack } from './arbitrary-stacks.ts';
import { account } from './harness.ts';

test('plan, provision, empty plan; found again without its state file; removed without leftovers', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(arbitraryStack, { minLength: 2, maxLength: 3 }), async (stacks) => {
      const user = await account();
      for (const one of stacks) {
        const plan = await user.plan(one);
        const { done, calls } = await user.provision(one);
        expect(done).toEqual(plan.map(({ address, verb }) => `${address} ${verb}`).sort());
        if (plan.length === 0) expect(calls).toEqual([]);
        expect(await user.plan(one)).toEqual([]);
      }
      const last = stacks.at(-1) ?? stacks[0];
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
