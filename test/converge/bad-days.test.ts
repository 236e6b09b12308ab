// The commands that only read, on bad days: no stack, half a stack, or a state file of a newer version. Each gets one answer, and changes nothing.
import { expect, test } from '@jest/globals';
import { account, type Account } from './harness.ts';
import { stack } from './stacks.ts';

/** What each command answers: the last line of its text, or the code of its problem. */
async function answersOf(user: Account): Promise<Record<string, string>> {
  const before = user.sandbox.journal.entries().length;
  const answer = (run: Promise<{ readonly text: string }>) =>
    run.then(
      ({ text }) => text.trim().split('\n').at(-1) ?? '',
      (error: unknown) => (error as { readonly code: string }).code,
    );
  const answers = {
    status: await answer(user.status(stack())),
    drift: await answer(user.drift(stack())),
    history: await answer(user.history(stack())),
  };
  const calls = user.sandbox.journal.entries().slice(before);
  expect(calls.filter(({ mutating }) => mutating)).toEqual([]);
  return answers;
}

test('a stack that does not exist', async () => {
  expect(await answersOf(await account())).toEqual({
    status: 'shop-dev does not exist.',
    drift: expect.stringMatching(/^Drift: (\d+) of \1 resources differ/),
    history: 'NO_HISTORY',
  });
});

test('half a stack, after a provision that failed in the middle', async () => {
  const user = await account();
  user.sandbox.faults.add({
    ...{ service: 'elbv2', operation: 'CreateListener', kind: 'refused' },
    ...{ code: 'AccessDenied', message: 'by the test', status: 403, nth: 1, times: 'always' },
  });
  await expect(user.provision(stack())).rejects.toMatchObject({ code: expect.any(String) });
  user.sandbox.faults.clear();
  const { drift } = await answersOf(user);
  expect(drift).toMatch(/^Drift: \d+ of \d+ resources differ/);
  const report = await user.status(stack());
  expect(report).toMatchObject({ exitCode: 2, json: { healthy: false } });
  expect(report.text).toMatch(/web {2}missing/);
  expect((await user.drift(stack())).text).toMatch(/listener on port 80: missing/);
});

test('a state file of a newer version is kept, and is the reason in each answer', async () => {
  const user = await account();
  await user.provision(stack());
  user.writeState({}, { version: 99 as never });
  const { state } = user.snapshot();
  expect(await answersOf(user)).toEqual({
    status: 'STATE_NEWER',
    drift: 'STATE_NEWER',
    history: 'STATE_NEWER',
  });
  expect(user.snapshot().state).toBe(state);
});
