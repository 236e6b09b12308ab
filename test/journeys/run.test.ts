// A user runs one-off commands beside a running stack, and deploys with a release command that first fails.
import { expect, test } from '@jest/globals';
import { eventually, httpRequest, machine } from './harness.ts';
import { echo, tinyStack } from './tiny-stack.ts';

const TASK_PROGRAM = `
const [mode, ...words] = process.argv.slice(2);
console.log(JSON.stringify(words), process.env.NAME);
process.on('SIGTERM', () => (console.log('got SIGTERM'), process.exit(143)));
if (mode === 'wait') setInterval(() => console.log('waiting'), 200);
else process.exitCode = Number(mode);
`;

test('run streams what a command prints, exits with its code, and Ctrl-C stops its task', async () => {
  const user = await machine();
  const { run } = user;
  await user.start('sandbox').outputs(/answers at/);
  const flags = tinyStack(user);
  user.write('echo/task.js', TASK_PROGRAM);
  expect(await run('run', 'app', ...flags, '--', 'node', 'task.js', '0')).toMatchObject({
    code: 125,
    problem: { code: 'NOT_DEPLOYED', fix: [expect.stringContaining('npm run provision')] },
  });
  expect((await run('provision', ...flags)).code).toBe(0);

  const words = ['a b', '$HOME; rm -rf "x" `id`', '', '*', '--json'];
  expect(await run('run', 'app', ...flags, '--', 'node', 'task.js', '0', ...words)).toMatchObject({
    code: 0,
    stdout: `${JSON.stringify(words)} app\n`,
    problem: undefined,
  });
  const three = await run('run', 'web/app', '--json', ...flags, '--', 'node', 'task.js', '3');
  expect(three.code).toBe(3);
  expect(JSON.parse(three.stdout)).toMatchObject({ ok: true, exitCode: 3, lines: [{ message: '[] app' }] });
  expect(await run('run', 'app', ...flags, '--', 'nowhere')).toMatchObject({
    code: 125,
    problem: { code: 'TASK', what: expect.stringContaining('contains no `nowhere`') },
  });
  expect(await run('run', 'apq', ...flags, '--', 'true')).toMatchObject({
    code: 125,
    problem: { code: 'ARGUMENTS', why: expect.stringContaining('Did you mean app?') },
  });

  const waiting = user.start('run', 'app', ...flags, '--', 'node', 'task.js', 'wait');
  await waiting.outputs(/waiting/);
  waiting.child.kill('SIGINT');
  expect(await waiting.done).toMatchObject({ code: 130, problem: { code: 'INTERRUPTED' } });
  await eventually(async () => {
    const { stdout } = await run('logs', 'app', '--since', '5m', ...flags);
    return stdout.includes('got SIGTERM') || undefined;
  });

  const ended = user.start('run', 'app', ...flags, '--', 'node', 'task.js', 'wait');
  await ended.outputs(/waiting/);
  expect((await run('teardown', '--yes', ...flags)).code).toBe(0);
  expect((await ended.done).code).not.toBe(0);
}, 240_000);

test('a release runs once per deployment, and its failure leaves the version in service', async () => {
  const user = await machine();
  const { run } = user;
  await user.start('sandbox').outputs(/answers at/);
  user.write(
    'echo/migrate.js',
    `console.log('migrating');
    if (process.env.BROKEN) throw new Error('no such table: orders');
    console.log('migrated');`,
  );
  const stack = (environment: Record<string, string>) => {
    const app = echo('app', 8000, '/app');
    const container = {
      ...app,
      release: ['node', 'migrate.js'],
      environment: { ...app.environment, ...environment },
    };
    return tinyStack(user, { web: { containers: { app: container } } });
  };
  const releases = async () =>
    (await run('logs', '--since', '1h', ...stack({}))).stdout
      .split('\n')
      .filter((line) => / migrating$/.test(line)).length;

  const plan = await run('provision', '--plan', ...stack({}));
  expect(plan.stdout).toMatch(/release: runs node migrate\.js in app before the new tasks start/);
  const { code, stdout } = await run('provision', ...stack({}));
  expect(code).toBe(0);
  const url = stdout.trim();
  expect(await releases()).toBe(1);
  expect((await run('provision', ...stack({}))).code).toBe(0);
  expect((await run('drift', ...stack({}))).code).toBe(0);
  expect(await releases()).toBe(1);

  expect(await run('provision', ...stack({ BROKEN: '1' }))).toMatchObject({
    code: 1,
    problem: {
      code: 'RELEASE',
      what: 'The release command of web failed with exit code 1: node migrate.js.',
      why: expect.stringContaining('no such table: orders'),
      now: expect.stringContaining('tiny-dev-web:1 keeps serving'),
    },
  });
  expect(await releases()).toBe(2);
  expect((await httpRequest(`${url}/app`)).body).toContain('"name":"app"');
  expect((await run('provision', ...stack({ FIXED: '1' }))).code).toBe(0);
  expect(await releases()).toBe(3);
  expect((await run('rollback', '--yes', ...stack({ FIXED: '1' }))).code).toBe(0);
  expect(await releases()).toBe(3);
}, 240_000);
