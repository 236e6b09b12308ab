// A user reads the logs of a running stack, follows them, and pipes them into other programs.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { httpRequest, machine, ROOT } from './harness.ts';
import { echo, tinyStack } from './tiny-stack.ts';

test('logs prints, filters and follows what the containers print, until Ctrl-C or until the pipe closes', async () => {
  const user = await machine();
  const { run } = user;
  await user.start('sandbox').outputs(/answers at/);
  const flags = tinyStack(user, {
    web: { containers: { app: echo('app', 8000, '/app') } },
    jobs: { containers: { job: echo('job', 9000, '/jobs') } },
  });
  expect(await run('logs', ...flags)).toMatchObject({
    code: 1,
    stdout: '',
    problem: {
      code: 'NO_LOG',
      what: 'There is no log of tiny-dev.',
      fix: [expect.stringContaining('npm run provision')],
    },
  });
  const url = (await run('provision', ...flags)).stdout.trim();
  const say = (path: string, text: string) => httpRequest(`${url}${path}?say=${encodeURIComponent(text)}`);
  const line = (label: string, text: string) =>
    new RegExp(`^\\d\\d:\\d\\d:\\d\\d\\.\\d{3} ${label} [0-9a-f]{8} │ ${text}$`, 'm');
  await say('/app', '{"level":40,"time":1,"pid":7,"hostname":"x","msg":"disk almost full","free":"3 GB"}');
  await say('/jobs', 'job \u001b[2J done');

  const all = await run('logs', ...flags);
  expect(all).toMatchObject({ code: 0, problem: undefined });
  expect(all.stdout).toMatch(line('app', 'app listens on 8000'));
  expect(all.stdout).toMatch(line('job', 'job listens on 9000'));
  expect(all.stdout).toMatch(line('app', 'WARN disk almost full free="3 GB"'));
  expect(all.stdout).toMatch(line('job', 'job \\\\u001b\\[2J done'));
  const times = all.stdout
    .trim()
    .split('\n')
    .map((one) => one.slice(0, 12));
  expect(times).toEqual([...times].sort());

  const found = await run('logs', 'jobs', '--grep', 'done', ...flags);
  expect(found.stdout).toMatch(line('job', 'job \\\\u001b\\[2J done'));
  expect(found.stdout.trim().split('\n')).toHaveLength(1);
  const { stdout } = await run('logs', 'web/app', '--since', '1h', '--json', ...flags);
  expect(JSON.parse(stdout)).toMatchObject({
    command: 'logs',
    ok: true,
    omitted: 0,
    lines: expect.arrayContaining([
      expect.objectContaining({ service: 'web', container: 'app', message: 'app listens on 8000' }),
    ]) as unknown,
  });
  expect(await run('logs', 'ap', ...flags)).toMatchObject({
    code: 1,
    problem: { code: 'ARGUMENTS', why: expect.stringContaining('Did you mean app?') },
  });

  const follow = user.start('logs', '--follow', '--json', '--since', '1s', ...flags);
  await follow.outputs(/logs tiny-dev/);
  await say('/jobs', 'while following');
  await follow.outputs(/while following/);
  await say('/app', 'once more');
  await follow.outputs(/once more/);
  follow.child.kill('SIGINT');
  const followed = await follow.done;
  expect(followed).toMatchObject({ code: 0, problem: undefined });
  const messages = followed.stdout
    .trim()
    .split('\n')
    .map((one) => (JSON.parse(one) as { message: string }).message);
  expect(messages.filter((message) => message === 'while following')).toHaveLength(1);
  expect(messages.slice(-2)).toEqual(['while following', 'once more']);

  const piped = spawnSync(
    'sh',
    ['-c', '"$0" "$@" | head -n 1', process.execPath, join(ROOT, 'run.js'), 'logs', ...flags],
    { cwd: ROOT, env: user.env, encoding: 'utf8' },
  );
  expect(piped.stdout.split('\n')).toHaveLength(2);
  expect(piped.stderr).not.toMatch(/problem|Error/);
  // No line arrives after the first one, so that nothing is written to the closed pipe.
  const endless = spawnSync(
    'sh',
    ['-c', '"$0" "$@" | head -n 1', process.execPath, join(ROOT, 'run.js'), 'logs', '--follow', ...flags],
    { cwd: ROOT, env: user.env, encoding: 'utf8', timeout: 60_000 },
  );
  expect(endless).toMatchObject({ status: 0, signal: null });
  expect(endless.stdout.split('\n')).toHaveLength(2);
}, 240_000);
