// During a provision the state file becomes unwritable or disappears, or a second run starts: the next run completes the stack.
import fs from 'node:fs';
import { afterEach, expect, jest, test } from '@jest/globals';
import { Problem } from '../../../lib/model/problem.ts';
import { account } from '../../converge/harness.ts';
import { stack } from '../../converge/stacks.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

/** Fails every write of a state file from the nth on, as a full disk would. */
function fullFrom(nth: number): { readonly failed: () => number } {
  const real = fs.promises.rename;
  let writes = 0;
  jest.spyOn(fs.promises, 'rename').mockImplementation(async (from, to) => {
    if (!String(to).endsWith('.json') || (writes += 1) < nth) return real(from, to);
    throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
  });
  return { failed: () => Math.max(0, writes - nth + 1) };
}

// Filling a real disk needs privileges, so the write is made to fail instead.
test('a disk that is full from any write on leads to a problem, and to no duplicates once it has room again', async () => {
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

test('a state file that is deleted during a run is complete at its end', async () => {
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
    // A run without a state file finds what was recorded.
    expect(ids).toEqual(user.ids());
  }
}, 900_000);

test('of two concurrent provisions one is refused, and everything exists once', async () => {
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
