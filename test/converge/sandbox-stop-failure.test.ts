// A sandbox that was started for a run but cannot be stopped: the run's own result or problem takes precedence.
import { expect, test } from '@jest/globals';
import { account } from './harness.ts';
import { stack } from './stacks.ts';

let stopRequests = 0;
const handle = {
  started: true,
  background: true,
  stop: async () => {
    stopRequests += 1;
    throw new Error('It still runs.');
  },
};

test("a failed stop hides neither a plan's result nor its problem, and a teardown reports the failed stop once", async () => {
  const user = await account({ handle });
  expect(await user.plan(stack())).not.toEqual([]);
  expect(stopRequests).toBe(1);
  await expect(user.plan(stack(), { adopt: ['vpc'] })).rejects.toMatchObject({ code: 'ARGUMENTS' });
  expect(stopRequests).toBe(2);
  await expect(user.teardown(stack())).rejects.toMatchObject({ code: 'SANDBOX_STOP' });
  expect(stopRequests).toBe(3);
});
