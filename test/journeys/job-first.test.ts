// A job runs before the program that waits for its success. A job that fails is explained, and the old version keeps serving.
import { expect, test } from '@jest/globals';
import { httpRequest, machine } from './harness.ts';
import { FAST_HEALTH_CHECK, tinyStack } from './tiny-stack.ts';

/** A program that answers with what the job has written to the folder of a volume that only the job has, and with its version. */
const SERVER = (version: string) => `
import { createServer } from 'node:http';
import { writeFileSync } from 'node:fs';
writeFileSync('/slipway-journey/started', '');
createServer((_, response) => response.end('${version}')).listen(8000, () => console.log('server ${version} listens'));
process.on('SIGTERM', () => process.exit(0));
`;
const CHECK = `require('node:fs').accessSync('/slipway-journey/started');`;
const JOB = (fails: boolean) =>
  fails ? `throw new Error('relation orders does not exist');` : `console.log('job done');`;

test('a job runs first, and its failure stops a deployment without an outage', async () => {
  const user = await machine();
  const flags = tinyStack(user, {
    web: {
      containers: {
        job: { source: 'job', essential: false, memory: 128 },
        app: {
          ...{ source: 'app', entry: 'main.ts', port: 8000, path: '/', dependsOn: { job: 'SUCCESS' } },
          writable: ['/slipway-journey'],
          health: { ...FAST_HEALTH_CHECK, command: ['node', 'check.cjs'], startSeconds: 5 },
        },
      },
    },
  });
  await user.start('sandbox').outputs(/answers at/);
  user.write('job/main.ts', JOB(false));
  user.write('app/main.ts', SERVER('v1'));
  user.write('app/check.cjs', CHECK);
  const first = await user.run('provision', ...flags);
  expect(first).toMatchObject({ code: 0, problem: undefined });
  expect(first.stdout).not.toContain('has ended');
  const url = first.lastLine;
  // A job that has succeeded is no drift.
  expect(await user.run('provision', ...flags, '--plan')).toMatchObject({ code: 0 });
  expect(await user.run('status', ...flags)).toMatchObject({ code: 0 });

  user.write('job/main.ts', JOB(true));
  user.write('app/main.ts', SERVER('v2'));
  const failing = user.start('provision', ...flags);
  let isOver = false;
  void failing.done.then(() => (isOver = true));
  const answers = new Set<string>();
  while (!isOver) {
    const { status, body } = await httpRequest(url);
    answers.add(`${status} ${body}`);
  }
  expect([...answers]).toEqual(['200 v1']);
  expect(await failing.done).toMatchObject({
    code: 1,
    problem: {
      code: 'DEPLOYMENT',
      what: expect.stringMatching(
        /^The deployment of web failed: job exited with code 1.*relation orders does not exist; app cannot start before it succeeds/,
      ),
      why: expect.stringMatching(/job logged:/),
    },
  });

  user.write('job/main.ts', JOB(false));
  expect(await user.run('provision', ...flags)).toMatchObject({ code: 0, problem: undefined });
  expect(await httpRequest(url)).toMatchObject({ status: 200, body: 'v2' });
}, 180_000);
