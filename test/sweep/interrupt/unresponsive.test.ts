// Ctrl-C while something does not answer and does not stop: AWS, from any call on, and a container engine.
import { chmodSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { eventually, isAlive, machine } from '../../journeys/harness.ts';
import { tinyStack } from '../../journeys/tiny-stack.ts';
import { expectSaved, interruptedOutcome, interruptRun } from './interrupt.ts';
import { silentEndpoint } from './silent-endpoint.ts';

const TEST_CREDENTIALS = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };

test('an AWS that stops answering, at any call of a provision and of a teardown', async () => {
  const user = await machine(TEST_CREDENTIALS);
  await user.start('sandbox').outputs(/answers at/);
  const endpoint = await silentEndpoint(user.endpoint);
  user.env['AWS_ENDPOINT_URL'] = endpoint.url;
  const flags = [
    ...tinyStack(user, undefined, { builder: 'bundle' }),
    '--target',
    'aws',
    '--yes',
    '--no-wait',
  ];
  for (const command of ['provision', 'teardown'] as const) {
    let calls = 0;
    for (let done = false; !done; calls += 1) {
      endpoint.answerNext(calls);
      const running = user.start(command, ...flags);
      done = await Promise.race([endpoint.unanswered().then(() => false), running.done.then(() => true)]);
      if (done) expect(await running.done).toMatchObject({ code: 0, problem: undefined });
      else
        expect(
          await interruptRun(running, `${command}, without an answer to call ${calls + 1}`),
        ).toMatchObject(interruptedOutcome(command));
      expectSaved(user, 'dev');
    }
  }
  expect(await user.census()).toEqual({});
}, 1_800_000);

/** An engine that is there and, asked to build, goes on whatever it is told, as long as somebody waits for it. */
const ENGINE = `#!/bin/bash
[ "$1" = version ] && exit 0
trap 'echo told >> "$0.told"' TERM
echo building > "$0.building"
while kill -0 $PPID 2>/dev/null; do sleep 0.05; done
`;

test('an engine that builds and does not stop: it ends all the same, and at a second Ctrl-C at once', async () => {
  const user = await machine(TEST_CREDENTIALS);
  await user.start('sandbox').outputs(/answers at/);
  user.env['AWS_ENDPOINT_URL'] = user.endpoint;
  const engine = user.write('bin/docker', ENGINE);
  chmodSync(engine, 0o755);
  user.env['PATH'] = `${join(engine, '..')}:${user.env['PATH']}`;
  const flags = [
    ...tinyStack(user, undefined, { builder: 'docker' }),
    '--target',
    'aws',
    '--yes',
    '--no-wait',
  ];
  user.write('echo/Dockerfile', 'FROM scratch\n');
  const start = async (stage: string) => {
    rmSync(`${engine}.building`, { force: true });
    const running = user.start('provision', ...flags, '--stage', stage);
    await eventually(() => existsSync(`${engine}.building`) || undefined);
    return running;
  };

  const once = await start('once');
  expect(await interruptRun(once, 'an engine that does not stop')).toMatchObject(
    interruptedOutcome('provision'),
  );
  expect(existsSync(`${engine}.told`)).toBe(true);
  expectSaved(user, 'once');

  const twice = await start('twice');
  const pressing = setInterval(() => twice.child.kill('SIGINT'), 50);
  const outcome = await twice.done;
  clearInterval(pressing);
  expect(outcome).toMatchObject({ code: 130, stdout: '', problem: undefined });
  expect(isAlive(twice.child.pid ?? 0)).toBe(false);
  expectSaved(user, 'twice');
  expect(user.state('twice').resources).toMatchObject({ vpc: expect.anything() as unknown });
}, 180_000);
