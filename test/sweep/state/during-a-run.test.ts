// A state file that becomes unwritable or disappears during a provision, and concurrent runs: the next run completes the stack.
import fs from 'node:fs';
import { afterEach, expect, jest, test } from '@jest/globals';
import { Problem } from '../../../lib/model/problem.ts';
import { account } from '../../converge/harness.ts';
import { stack } from '../../converge/stacks.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

/** Fails every write of a state file from the nth onwards, as a full disk would. */
function failWritesFrom(nth: number): { readonly failureCount: () => number } {
  const real = fs.promises.rename;
  let writes = 0;
  jest.spyOn(fs.promises, 'rename').mockImplementation(async (from, to) => {
    if (!String(to).endsWith('.json') || (writes += 1) < nth) return real(from, to);
    throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
  });
  return { failureCount: () => Math.max(0, writes - nth + 1) };
}

// Filling a real disk requires privileges, so the writes are made to fail instead.
test('a disk that fills up at any write causes a problem, and the next run creates no duplicates once space is free', async () => {
  const undisturbed = await account();
  await undisturbed.provision(stack());
  for (let nth = 1; ; nth += 1) {
    const user = await account();
    const disk = failWritesFrom(nth);
    const error: unknown = await user.provision(stack()).catch((reason: unknown) => reason);
    jest.restoreAllMocks();
    if (disk.failureCount() === 0) break;
    expect(error).toBeInstanceOf(Problem);
    const { code, why } = error as Problem;
    expect({ nth, code, why }).toEqual({
      nth,
      code: expect.stringMatching(/^(STATE_UNWRITABLE|STEPS_FAILED)$/) as unknown,
      why: expect.stringContaining('ENOSPC') as unknown,
    });
    await user.provision(stack());
    expect({ nth, census: user.census() }).toEqual({ nth, census: undisturbed.census() });
    expect(await user.plan(stack())).toEqual([]);
  }
}, 900_000);

test('a state file that is deleted during a run is complete at the end of the run', async () => {
  for (let round = 0; round < 30; round += 1) {
    const user = await account();
    const real = fs.promises.rename;
    let writes = 0;
    const nth = 1 + Math.floor(Math.random() * 20);
    jest.spyOn(fs.promises, 'rename').mockImplementation(async (from, to) => {
      await real(from, to);
      if (String(to).endsWith('.json') && (writes += 1) === nth) fs.rmSync(to);
    });
    await user.provision(stack());
    jest.restoreAllMocks();
    const ids = user.ids();
    user.deleteState();
    await user.provision(stack());
    // A run without a state file finds everything that was recorded.
    expect(ids).toEqual(user.ids());
  }
}, 900_000);

test('one of two concurrent provisions is refused, and nothing is created twice', async () => {
  const undisturbed = await account();
  await undisturbed.provision(stack());
  for (let round = 0; round < 100; round += 1) {
    const user = await account();
    const both = await Promise.allSettled([user.provision(stack()), user.provision(stack())]);
    const refusals = both.flatMap((one) => (one.status === 'rejected' ? [one.reason as Problem] : []));
    expect(refusals.map(({ code }) => code)).toEqual(['LOCKED']);
    expect(user.census()).toEqual(undisturbed.census());
  }
}, 900_000);
