// A saved plan: one run saves it, and another carries out exactly this plan, or says what has changed since.
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { machine } from './harness.ts';
import { echo, tinyStack } from './tiny-stack.ts';

const SECRET = 'hunter2-of-the-journey';

test('a plan is saved, refused after a change, and carried out', async () => {
  const user = await machine();
  await user.start('sandbox').outputs(/answers at/);
  const services = (count: number) => {
    const app = echo('app', 8000, '/app');
    return {
      web: { count, containers: { app: { ...app, environment: { ...app.environment, TOKEN: SECRET } } } },
    };
  };
  const flags = tinyStack(user, services(1));
  const file = join(user.folder, 'plan.json');

  const saved = await user.run('provision', ...flags, `--plan=${file}`);
  expect(saved).toMatchObject({ code: 2, problem: undefined });
  expect(saved.stdout).toMatch(
    /Plan: \d+ to create\.\nSaved in \S+plan\.json\. To carry it out: npm run provision -- \S+plan\.json\n$/,
  );
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, 'utf8')).not.toContain(SECRET);
  expect(await user.mutations()).toEqual([]);

  tinyStack(user, services(2));
  expect(await user.run('provision', file)).toMatchObject({
    code: 1,
    problem: {
      code: 'PLAN_CHANGED',
      why: 'services.web.count in the configuration was 1, and is 2.',
      now: 'Nothing was changed.',
    },
  });
  tinyStack(user, services(1));
  writeFileSync(file, readFileSync(file, 'utf8').replace('"tiny-dev"', '"tiny-qa"'));
  expect(await user.run('provision', file)).toMatchObject({ code: 1, problem: { code: 'PLAN_FILE' } });
  writeFileSync(file, readFileSync(file, 'utf8').replace('"tiny-qa"', '"tiny-dev"'));
  expect(await user.mutations()).toEqual([]);

  const carriedOut = await user.run('provision', file, '--json');
  expect(carriedOut).toMatchObject({ code: 0, problem: undefined });
  expect(JSON.parse(carriedOut.stdout)).toMatchObject({ ok: true, stack: 'tiny-dev', counts: { update: 0 } });
  expect(await user.run('provision', file)).toMatchObject({
    code: 1,
    problem: { code: 'PLAN_CHANGED', why: 'Everything that the plan changes is as configured already.' },
  });
}, 120_000);
