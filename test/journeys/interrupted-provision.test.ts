// Ctrl-C in the middle of a provision, and a second run that continues.
import { expect, test } from '@jest/globals';
import { machine } from './harness.ts';
import { tinyStack } from './tiny-stack.ts';

test('Ctrl-C ends a run within two seconds with its state saved, and the next run creates only what is missing', async () => {
  const user = await machine();
  const flags = tinyStack(user);
  expect(await user.run('provision', ...flags, '--stage', 'whole')).toMatchObject({
    code: 0,
    problem: undefined,
  });
  const fullCensus = await user.census();

  const running = user.start('provision', ...flags);
  await running.outputs(/loadBalancer +created/);
  const pressedAt = Date.now();
  // One Ctrl-C causes two signals: the terminal sends one, and npm forwards another.
  running.child.kill('SIGINT');
  running.child.kill('SIGINT');
  const interruptedRun = await running.done;
  expect(Date.now() - pressedAt).toBeLessThan(2000);
  expect(interruptedRun).toMatchObject({
    code: 130,
    stdout: '',
    problem: {
      code: 'INTERRUPTED',
      what: 'The run was interrupted.',
      why: 'Ctrl-C was pressed, or the process was asked to stop.',
      now: 'Everything created so far is kept and recorded.',
      fix: [
        expect.stringMatching(/^npm run provision -- --config \S+, to continue from here$/),
        expect.stringMatching(/^npm run teardown -- --config \S+, to remove everything$/),
      ],
    },
  });
  expect(user.stateFiles().sort()).toEqual(['tiny-dev.json', 'tiny-whole.json']);
  expect(user.state().resources).toMatchObject({ vpc: expect.anything(), loadBalancer: expect.anything() });
  expect(user.state().resources).not.toHaveProperty(['services.web']);

  const callsBefore = (await user.mutations()).length;
  expect(await user.run('provision', ...flags)).toMatchObject({ code: 0, problem: undefined });
  const newCalls = (await user.mutations()).slice(callsBefore);
  expect(newCalls).toContain('ecs:CreateService');
  expect(newCalls).not.toContain('ec2:CreateVpc');
  expect(newCalls).not.toContain('elbv2:CreateLoadBalancer');
  // The account contains two identical stacks, so every count is doubled.
  expect(await user.census()).toEqual(
    Object.fromEntries(Object.entries(fullCensus).map(([kind, count]) => [kind, 2 * count])),
  );
}, 90_000);
