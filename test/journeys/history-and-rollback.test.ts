// A user deploys a bad version, finds it in the history, and rolls back; the source of the good version is gone by then.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { StackInput } from '../../lib/config/schema.ts';
import { httpRequest, machine } from './harness.ts';
import { echo, tinyStack, type Echo } from './tiny-stack.ts';

const services = (name: string): StackInput['services'] => ({
  web: { containers: { app: { ...echo(name, 8000, '/app') } } },
  jobs: { containers: { job: { ...echo(`jobs-${name}`, 9000, '/jobs') } } },
});

test('deploy, history and rollback work on real tasks, and each mistake is one problem', async () => {
  const user = await machine();
  const { run } = user;
  await user.start('sandbox').outputs(/answers at/);
  const url = (await run('provision', ...tinyStack(user, services('one')))).stdout.trim();
  const nameAt = async (path: string) => (JSON.parse((await httpRequest(`${url}${path}`)).body) as Echo).name;
  expect(await nameAt('/app')).toBe('one');

  const flags = tinyStack(user, services('two'));
  const deployed = await run('deploy', 'web', ...flags);
  expect(deployed).toMatchObject({ code: 0, problem: undefined });
  expect(deployed.stderr).toContain(
    'left for npm run provision: update taskDefinitions.jobs, update services.jobs',
  );
  expect([await nameAt('/app'), await nameAt('/jobs')]).toEqual(['two', 'jobs-one']);

  const { code, stdout } = await run('history', 'web', ...flags, '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    command: 'history',
    ok: true,
    services: [
      {
        service: 'web',
        revisions: [
          { revision: 2, changes: ['environment NAME of app'], outcome: 'successful', inService: true },
          { revision: 1, outcome: 'successful', inService: false },
        ],
      },
    ],
  });

  rmSync(join(user.folder, 'echo'), { recursive: true });
  expect(await run('rollback', ...flags)).toMatchObject({
    code: 1,
    problem: { code: 'ARGUMENTS', what: 'The rollback needs the name of a service.' },
  });
  const rolledBack = await run('rollback', 'web', ...flags);
  expect(rolledBack).toMatchObject({ code: 0, problem: undefined });
  expect(rolledBack.stdout.trim()).toBe(url);
  expect([await nameAt('/app'), await nameAt('/jobs')]).toEqual(['one', 'jobs-one']);

  expect(await run('rollback', 'web', ...flags, '--to', '7')).toMatchObject({
    code: 1,
    problem: { code: 'ROLLBACK_REFUSED', what: 'There is no revision 7 of web.' },
  });
  expect(await run('history', 'jbos', ...flags)).toMatchObject({
    code: 1,
    problem: { code: 'ARGUMENTS', why: 'The services are jobs, web. Did you mean jobs?' },
  });
  const plan = await run('provision', ...tinyStack(user, services('two')), '--plan');
  expect(plan.code).toBe(2);
  expect(plan.stdout).toContain(
    'the configuration is ahead: revision 1 was restored without environment NAME of app',
  );
}, 240_000);
