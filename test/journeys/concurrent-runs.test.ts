// A second provision is refused while the first one runs; after the first is killed, the next run takes over its lock.
import { hostname, userInfo } from 'node:os';
import { expect, test } from '@jest/globals';
import { machine } from './harness.ts';
import { tinyStack } from './tiny-stack.ts';

test('a second run is refused with the name of the lock holder, and the lock of a killed run is taken over', async () => {
  // At AWS's own pace, the first run waits for minutes.
  const user = await machine({ SLIPWAY_SANDBOX_PACE: 'aws' });
  const flags = tinyStack(user);
  const began = Date.now();
  const first = user.start('provision', ...flags);
  await first.outputs(/natGateway +waiting/);
  const { pid = 0 } = first.child;
  const holder = `npm run provision by ${userInfo().username} on ${hostname()} (process ${pid}), since `;

  const second = await user.run('provision', ...flags);
  expect(second).toMatchObject({
    code: 1,
    stdout: '',
    problem: {
      code: 'LOCKED',
      what: 'Another run is working on this stack.',
      why: expect.stringContaining(`The lock is held by ${holder}`),
      now: 'Nothing was changed.',
      fix: [expect.stringContaining('Wait'), expect.stringMatching(/rm .+tiny-dev\.lock$/)],
    },
  });
  const heldSince = Date.parse(second.problem?.why.slice(-25, -1) ?? '');
  expect(heldSince).toBeGreaterThanOrEqual(began);
  expect(heldSince).toBeLessThanOrEqual(Date.now());
  // Only the first run has created anything.
  expect((await user.mutations()).filter((call) => call === 'ec2:CreateVpc')).toHaveLength(1);
  expect(user.stateFiles()).toContain('tiny-dev.lock');

  first.child.kill('SIGKILL');
  await first.done;
  expect(user.stateFiles()).toContain('tiny-dev.lock');
  const third = await user.run('provision', ...flags, '--plan');
  expect(third).toMatchObject({ code: 2, problem: undefined });
  expect(third.stderr).toContain(`warning Took over the lock of a run that is no longer alive: ${holder}`);
  expect(third.stdout).toMatch(/^Plan: .*\d+ to keep\.$/m);
  expect(user.stateFiles()).toEqual(['tiny-dev.json']);
}, 60_000);
