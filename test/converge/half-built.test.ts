// Whatever part of a stack is there: provision makes it whole, and teardown takes it away.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Problem } from '../../lib/model/problem.ts';
import { account, type Account } from './harness.ts';
import { stack } from './stacks.ts';

/** How many mutating calls a provision of the stack takes, and how many a teardown. */
const CALLS = { up: 46, down: 30 };

/** Refuses mutating calls for good: the first of these places, the next of them counted from there, and so on. */
function deny({ sandbox }: Account, places: readonly number[]): void {
  for (const nth of places) {
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

/** Runs a command that is refused something, and tells what became of it. */
async function runWithRefusals(
  user: Account,
  places: readonly number[],
  run: () => Promise<unknown>,
): Promise<void> {
  deny(user, places);
  const outcome = await run().then(
    () => undefined,
    (error: unknown) => error,
  );
  const fired = places.length - user.sandbox.faults.waiting().length;
  user.sandbox.faults.clear();
  if (fired > 0) expect(outcome).toBeInstanceOf(Problem);
  else expect(outcome).toBeUndefined();
}

const placesOf = (calls: number) =>
  fc.uniqueArray(fc.integer({ min: 1, max: calls }), { minLength: 1, maxLength: 3 });

test('what was begun and refused in places is made whole; what was half taken down is made whole, or goes', async () => {
  const whole = await account();
  await whole.provision(stack());
  const census = whole.census();
  await fc.assert(
    fc.asyncProperty(
      placesOf(CALLS.up),
      placesOf(CALLS.down),
      fc.boolean(),
      async (making, taking, again) => {
        const user = await account();
        await runWithRefusals(user, making, () => user.provision(stack()));
        await user.provision(stack());
        expect(user.census()).toEqual(census);
        expect(await user.plan(stack())).toEqual([]);
        await runWithRefusals(user, taking, () => user.teardown(stack()));
        if (again) {
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
