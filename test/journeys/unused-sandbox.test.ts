// A plan or a refused run creates nothing, so it stops the sandbox that was started for it.
import { expect, test } from '@jest/globals';
import { machine } from './harness.ts';
import { tinyStack } from './tiny-stack.ts';

test('the sandbox is stopped after a plan of either command and after a run that refuses a corrupt state file', async () => {
  const user = await machine();
  const flags = tinyStack(user);
  const runningSandboxPid = async () => await user.sandboxPid().catch(() => undefined);

  expect(await user.run('provision', ...flags, '--plan')).toMatchObject({ code: 2 });
  expect(await runningSandboxPid()).toBeUndefined();
  expect(await user.run('teardown', ...flags, '--plan')).toMatchObject({ code: 0 });
  expect(await runningSandboxPid()).toBeUndefined();
  user.write('.slipway/tiny-dev.json', 'not a state file');
  expect(await user.run('provision', ...flags)).toMatchObject({
    code: 1,
    problem: { code: 'STATE_CORRUPT' },
  });
  expect(await runningSandboxPid()).toBeUndefined();
}, 60_000);
