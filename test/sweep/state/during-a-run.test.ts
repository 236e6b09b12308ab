// In the middle of a provision the state can no longer be written, or is gone; or there are two at once. The next run brings all to its end.
import fs from 'node:fs';
import { afterEach, expect, jest, test } from '@jest/globals';
import { Problem } from '../../../lib/model/problem.ts';
import { account } from '../../converge/harness.ts';
import { stack } from '../../converge/stacks.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

/** Lets every write of a state fail from the nth on, as on a full disk. */
function fullFrom(nth: number): { readonly failed: () => number } {
  const real = fs.promises.rename;
  let writes = 0;
  jest.spyOn(fs.promises, 'rename').mockImplementation(async (from, to) => {
    if (!String(to).endsWith('.json') || (writes += 1) < nth) return real(from, to);
    throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
  });
  return { failed: () => Math.max(0, writes - nth + 1) };
}

// A real full disk needs rights that not every machine gives: the write is made to fail instead.
test('a disk that is full from some write on ends in a problem; with room again nothing is there twice', async () => {
  const whole = await account();
  await whole.provision(stack());
  for (let nth = 1; ; nth += 1) {
    const user = await account();
    const full = fullFrom(nth);
    const error: unknown = await user.provision(stack()).catch((reason: unknown) => reason);
    jest.restoreAllMocks();
    if (full.failed() === 0) break;
    expect(error).toBeInstanceOf(Problem);
    const { code, why } = error as Problem;
    expect({ nth, code, why }).toEqual({
      nth,
      code: expect.stringMatching(/^(STATE_UNWRITABLE|STEPS_FAILED)$/) as unknown,
      why: expect.stringContaining('ENOSPC') as unknown,
    });
    await user.provision(stack());
    expect({ nth, census: user.census() }).toEqual({ nth, census: whole.census() });
    expect(await user.plan(stack())).toEqual([]);
  }
}, 900_000);

test('a state file that is removed in the middle of a run is whole at its end', async () => {
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
    // What was found without a state is what was recorded.
    expect(ids).toEqual(user.ids());
  }
}, 900_000);

test('of two provisions at once one is sent away, and everything is there once', async () => {
  const whole = await account();
  await whole.provision(stack());
  for (let round = 0; round < 100; round += 1) {
    const user = await account();
    const both = await Promise.allSettled([user.provision(stack()), user.provision(stack())]);
    const refused = both.flatMap((one) => (one.status === 'rejected' ? [one.reason as Problem] : []));
    expect(refused.map(({ code }) => code)).toEqual(['LOCKED']);
    expect(user.census()).toEqual(whole.census());
  }
}, 900_000);
