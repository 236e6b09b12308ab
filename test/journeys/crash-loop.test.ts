// An update starts to crash after it was healthy. The previous version is restored, and requests are answered meanwhile.
import { expect, test } from '@jest/globals';
import { httpRequest, machine } from './harness.ts';
import { FAST_HEALTH_CHECK, tinyStack } from './tiny-stack.ts';

/** A program that answers with its version; if `lives` is not 0, it exits after that many milliseconds. */
const program = (version: string, lives: number) => `
import { createServer } from 'node:http';
createServer((_, response) => response.end('${version}')).listen(8000);
process.on('SIGTERM', () => process.exit(0));
if (${lives} > 0)
  setTimeout(() => {
    console.error('Error: ${version} lost its database');
    process.exit(7);
  }, ${lives});
`;

test('an update that crashes at its start or after seconds is explained, and the previous version is restored', async () => {
  const user = await machine();
  const flags = tinyStack(user, {
    web: { containers: { app: { source: 'app', port: 8000, path: '/', health: FAST_HEALTH_CHECK } } },
  });
  await user.start('sandbox').outputs(/answers at/);
  user.write('app/main.ts', program('v1', 0));
  const first = await user.run('provision', ...flags);
  expect(first).toMatchObject({ code: 0, problem: undefined });
  const url = first.lastLine;

  // This version never becomes healthy, so ECS keeps the previous version until the deployment is stopped.
  user.write('app/main.ts', "throw new Error('v2 lacks its database');\n");
  const crashing = user.start('provision', ...flags);
  let isOver = false;
  void crashing.done.then(() => (isOver = true));
  const answers = new Set<string>();
  while (!isOver) {
    const { status, body } = await httpRequest(url);
    answers.add(`${status} ${body}`);
  }
  expect([...answers]).toEqual(['200 v1']);
  const crashed = await crashing.done;
  expect(crashed).toMatchObject({
    code: 1,
    problem: {
      code: 'DEPLOYMENT',
      what: expect.stringMatching(
        /^The deployment of web failed: app exited with code 1.*v2 lacks its database/,
      ),
      now: expect.stringMatching(
        // ECS's circuit breaker may be faster than Slipway.
        /^(Slipway stopped the deployment and restored the previous version|ECS ended the deployment)\. web runs tiny-dev-web:1 \(.*\) with 1 of 1 tasks\./,
      ),
    },
  });

  // ECS completes this deployment, and stops the previous version.
  user.write('app/main.ts', program('v3', 2500));
  expect(await user.run('provision', ...flags)).toMatchObject({
    code: 1,
    problem: {
      code: 'DEPLOYMENT',
      what: expect.stringMatching(/app exited with code 7.*v3 lost its database/),
      now: expect.stringMatching(/restored|back to the previous version/),
    },
  });
  expect(await httpRequest(url)).toMatchObject({ status: 200, body: 'v1' });

  // The configuration differs from what runs, so it is deployed again.
  const plan = await user.run('provision', ...flags, '--plan');
  expect(plan).toMatchObject({ code: 2, stdout: expect.stringContaining('service web') });
  user.write('app/main.ts', program('v4', 0));
  expect(await user.run('provision', ...flags)).toMatchObject({ code: 0, problem: undefined });
  expect(await httpRequest(url)).toMatchObject({ status: 200, body: 'v4' });
}, 180_000);
