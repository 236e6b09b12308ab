// Somebody presses Ctrl-C in the middle of a provision, and later runs it again.
import { expect, test } from '@jest/globals';
import { machine } from './harness.ts';
import { tinyStack } from './tiny.ts';

test('one Ctrl-C stops and saves within two seconds; the next run makes what is missing and nothing twice', async () => {
  const user = await machine();
  const flags = tinyStack(user);
  expect(await user.run('provision', ...flags, '--stage', 'whole')).toMatchObject({
    code: 0,
    problem: undefined,
  });
  const whole = await user.census();

  const running = user.start('provision', ...flags);
  await running.says(/loadBalancer +created/);
  const pressed = Date.now();
  // npm hands on what the terminal has said already: one press arrives twice.
  running.child.kill('SIGINT');
  running.child.kill('SIGINT');
  const stopped = await running.done;
  expect(Date.now() - pressed).toBeLessThan(2000);
  expect(stopped).toMatchObject({
    code: 130,
    stdout: '',
    problem: {
      code: 'INTERRUPTED',
      what: 'Interrupted.',
      why: 'Ctrl-C, or a request to stop.',
      now: 'Everything created so far is kept and recorded.',
      fix: [
        expect.stringMatching(/^npm run provision -- --config \S+, to continue from here$/),
        expect.stringMatching(/^npm run teardown -- --config \S+, to remove everything$/),
      ],
    },
  });
  expect(user.stateFiles().sort()).toEqual(['dev.json', 'whole.json']);
  expect(user.state().resources).toMatchObject({ vpc: expect.anything(), loadBalancer: expect.anything() });
  expect(user.state().resources).not.toHaveProperty(['services.web']);

  const calls = (await user.mutations()).length;
  expect(await user.run('provision', ...flags)).toMatchObject({ code: 0, problem: undefined });
  const made = (await user.mutations()).slice(calls);
  expect(made).toContain('ecs:CreateService');
  expect(made).not.toContain('ec2:CreateVpc');
  expect(made).not.toContain('elbv2:CreateLoadBalancer');
  // Two stacks that are the same: of everything there is twice as much, and nothing else.
  expect(await user.census()).toEqual(
    Object.fromEntries(Object.entries(whole).map(([kind, count]) => [kind, 2 * count])),
  );
}, 90_000);
