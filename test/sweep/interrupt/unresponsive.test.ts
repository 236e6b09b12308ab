// Ctrl-C while AWS has stopped answering, or while a container engine does not stop.
import { chmodSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { eventually, isAlive, machine } from '../../journeys/harness.ts';
import { tinyStack } from '../../journeys/tiny-stack.ts';
import { expectSaved, interruptedOutcome, interruptRun } from './interrupt.ts';
import { silentEndpoint } from './silent-endpoint.ts';

const TEST_CREDENTIALS = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };

test('Ctrl-C ends a provision and a teardown, whichever call AWS leaves unanswered', async () => {
  const user = await machine(TEST_CREDENTIALS);
  await user.start('sandbox').outputs(/answers at/);
  const endpoint = await silentEndpoint(user.endpoint);
  user.env['AWS_ENDPOINT_URL'] = endpoint.url;
  const flags = [...tinyStack(user, undefined, { builder: 'bundle' }), '--target', 'aws', '--yes'];
  for (const command of ['provision', 'teardown'] as const) {
    let answeredCalls = 0;
    for (let isDone = false; !isDone; answeredCalls += 1) {
      endpoint.answerNext(answeredCalls);
      const running = user.start(command, ...flags, ...(command === 'provision' ? ['--no-wait'] : []));
      isDone = await Promise.race([
        endpoint.firstUnansweredCall().then(() => false),
        running.done.then(() => true),
      ]);
      if (isDone) expect(await running.done).toMatchObject({ code: 0, problem: undefined });
      else
        expect(
          await interruptRun(running, `${command}, without an answer to call ${answeredCalls + 1}`),
        ).toMatchObject(interruptedOutcome(command));
      expectSaved(user, 'dev');
    }
  }
  expect(await user.census()).toEqual({});
}, 1_800_000);

/** A container engine whose build only records a SIGTERM, and runs as long as its parent process. */
const ENGINE = `#!/bin/bash
[ "$1" = version ] && exit 0
trap 'echo term >> "$0.term"' TERM
echo building > "$0.building"
while kill -0 $PPID 2>/dev/null; do sleep 0.05; done
`;

test('Ctrl-C ends a run even if its build does not stop, and a second Ctrl-C ends the run immediately', async () => {
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

  const interruptedOnce = await start('once');
  expect(await interruptRun(interruptedOnce, 'an engine that does not stop')).toMatchObject(
    interruptedOutcome('provision'),
  );
  expect(existsSync(`${engine}.term`)).toBe(true);
  expectSaved(user, 'once');

  const interruptedTwice = await start('twice');
  const pressing = setInterval(() => interruptedTwice.child.kill('SIGINT'), 50);
  const outcome = await interruptedTwice.done;
  clearInterval(pressing);
  expect(outcome).toMatchObject({ code: 130, stdout: '', problem: undefined });
  expect(isAlive(interruptedTwice.child.pid ?? 0)).toBe(false);
  expectSaved(user, 'twice');
  expect(user.state('twice').resources).toMatchObject({ vpc: expect.anything() as unknown });
}, 180_000);
