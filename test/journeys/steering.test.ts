// A user opens a running stack, changes its number of tasks, restarts it, and watches it, without a provision.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { httpRequest, machine, ROOT } from './harness.ts';
import { tinyStack, type Echo } from './tiny-stack.ts';

test('open prints the address; scale and restart change what runs until the next provision; status shows it', async () => {
  const user = await machine();
  const { run } = user;
  await user.start('sandbox').outputs(/answers at/);
  const flags = tinyStack(user);
  for (const words of [['open'], ['scale', 'web', '2'], ['restart']] as const) {
    const [command, ...rest] = words;
    expect(await run(command, ...rest, ...flags)).toMatchObject({
      code: 1,
      problem: { code: 'NOT_DEPLOYED', fix: [expect.stringContaining('npm run provision')] },
    });
  }
  const url = (await run('provision', ...flags)).stdout.trim();
  const opened = await run('open', ...flags);
  expect(opened).toMatchObject({ code: 0, problem: undefined });
  expect((await httpRequest(opened.stdout.trim())).status).toBe(200);

  const tasksThatAnswer = async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => httpRequest(`${url}/app`)));
    return new Set(answers.map(({ body }) => (JSON.parse(body) as Echo).task));
  };
  const before = await tasksThatAnswer();
  expect(before.size).toBe(1);
  const scaled = await run('scale', 'web', '2', '--json', ...flags);
  expect(JSON.parse(scaled.stdout)).toMatchObject({ ok: true, service: 'web', from: 1, to: 2 });
  expect((await tasksThatAnswer()).size).toBe(2);
  const drift = await run('drift', ...flags);
  expect(drift).toMatchObject({ code: 2, stdout: expect.stringMatching(/count: now 2; configured: 1/) });

  expect(await run('restart', 'web', ...flags)).toMatchObject({ code: 0, problem: undefined });
  const after = await tasksThatAnswer();
  expect(after.size).toBe(2);
  expect([...after].filter((task) => before.has(task))).toEqual([]);

  // The watch ends together with the reader of its pipe.
  const watched = spawnSync(
    'bash',
    [
      '-c',
      `'${process.execPath}' '${join(ROOT, 'run.js')}' status --watch --json ${flags.join(' ')} | head -1`,
    ],
    { cwd: user.folder, env: user.env, encoding: 'utf8', timeout: 30_000 },
  );
  expect(watched.error).toBeUndefined();
  expect(JSON.parse(watched.stdout)).toMatchObject({
    healthy: true,
    services: [{ service: 'web', desired: 2, running: 2 }],
    deployments: [{ service: 'web', isNewest: true, running: 2 }],
  });

  await run('provision', ...flags);
  expect((await tasksThatAnswer()).size).toBe(1);
  expect(await run('teardown', ...flags)).toMatchObject({ code: 0 });
}, 180_000);
