// Runs in which random calls are refused: the next provision completes the stack, and a teardown removes it.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Problem } from '../../lib/model/problem.ts';
import { account, type Account } from './harness.ts';
import { stack } from './stacks.ts';

/** The number of mutating calls of a provision and of a teardown of the stack. */
const CALL_COUNTS = { provision: 46, teardown: 30 };

/** Refuses the mutating calls at some positions. Position 1 is the next mutating call. */
function refuseCalls({ sandbox }: Account, positions: readonly number[]): void {
  for (const nth of positions) {
    sandbox.faults.add({
      kind: 'refused',
      code: 'AccessDenied',
      message: 'by the test',
      status: 403,
      mutating: true,
      nth,
    });
  }
}

/** Runs a command while the calls at these positions are refused, and expects a problem if any call was refused. */
async function runWithRefusals(
  user: Account,
  positions: readonly number[],
  run: () => Promise<unknown>,
): Promise<void> {
  refuseCalls(user, positions);
  const error = await run().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  const refusedCount = positions.length - user.sandbox.faults.waiting().length;
  user.sandbox.faults.clear();
  if (refusedCount > 0) expect(error).toBeInstanceOf(Problem);
  else expect(error).toBeUndefined();
}

const positionsWithin = (callCount: number) =>
  fc.uniqueArray(fc.integer({ min: 1, max: callCount }), { minLength: 1, maxLength: 3 });

test('a half-built stack is completed, and a half-removed stack can be either completed or removed', async () => {
  const reference = await account();
  await reference.provision(stack());
  const census = reference.census();
  await fc.assert(
    fc.asyncProperty(
      positionsWithin(CALL_COUNTS.provision),
      positionsWithin(CALL_COUNTS.teardown),
      fc.boolean(),
      async (refusedInProvision, refusedInTeardown, isCompletedFirst) => {
        const user = await account();
        await runWithRefusals(user, refusedInProvision, () => user.provision(stack()));
        await user.provision(stack());
        expect(user.census()).toEqual(census);
        expect(await user.plan(stack())).toEqual([]);
        await runWithRefusals(user, refusedInTeardown, () => user.teardown(stack()));
        if (isCompletedFirst) {
          user.deleteState();
          await user.provision(stack());
          expect(user.census()).toEqual(census);
        }
        await user.teardown(stack());
        expect(user.census()).toEqual({});
      },
    ),
    { numRuns: Number(process.env['RUNS'] ?? 6) },
  );
}, 3_600_000);
