// `npm run dev`: a saved change is served without a lost request, and at the end everything is as before.
import { mkdirSync, symlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, jest, test } from '@jest/globals';
import type { Outcome, RunningCommand } from './command.ts';
import { httpRequest, machine, type Machine } from './harness.ts';

jest.setTimeout(180_000);

const program = (answer: string, more = '') => `
import { createServer } from 'node:http';
import { greeting } from './greeting.ts';
${more}
const server = createServer((request, response) => response.end(\`${answer} \${greeting}\`));
server.listen(8000, () => console.log('${answer} listens'));
process.on('SIGTERM', () => server.close(() => process.exit(0)));
`;

const stack = (path = '/') => ({
  name: 'shop',
  region: 'eu-west-1' as const,
  deregistrationDelaySeconds: 0,
  services: { web: { containers: { app: { source: 'app', port: 8000, path } } } },
});

async function userWith() {
  const user = await machine();
  user.write('app/main.ts', program('v1'));
  user.write('app/greeting.ts', "export const greeting = 'hello';\n");
  return { user, flags: user.config(stack()) };
}

/** Starts the command, and waits for its first version. */
async function startDev(user: Machine, flags: string[]) {
  const running = user.start('dev', ...flags);
  let stderr = '';
  running.child.stderr?.on('data', (chunk) => (stderr += String(chunk)));
  const seen = (pattern: RegExp, times = 1) =>
    running.outputs(new RegExp(`(${pattern.source}[^]*){${times}}`));
  await seen(/q stops/);
  return { ...running, seen, stderr: () => stderr, url: /q stops · (http\S+)/.exec(stderr)?.[1] ?? '' };
}

/** Requests a path again and again until stopped. */
function startLoad(url: string) {
  const answers = new Map<string, number>();
  let isOver = false;
  const done = (async () => {
    while (!isOver) {
      const answer = await httpRequest(url).then(
        ({ status, body }) => (status === 200 ? body : String(status)),
        (error: Error) => error.message,
      );
      answers.set(answer, (answers.get(answer) ?? 0) + 1);
    }
  })();
  const stop = async () => {
    isOver = true;
    await done;
    return [...answers.keys()];
  };
  loads.push(stop);
  return stop;
}

const loads: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of loads.splice(0)) await stop();
});

async function quit(running: RunningCommand): Promise<Outcome> {
  running.child.stdin?.write('q\n');
  return running.done;
}

const deployedAnswer = async (user: Machine, flags: string[]) =>
  (await httpRequest((await user.run('provision', ...flags)).lastLine)).body;

test('a change is served at once and without a lost request, a broken one is not, and q restores what was deployed', async () => {
  const { user, flags } = await userWith();
  const { lastLine: url } = await user.run('provision', ...flags);
  const stateBefore = user.state();
  const censusBefore = await user.census();
  const running = await startDev(user, flags);
  expect(running.url).toBe(url);
  const stopLoad = startLoad(url);

  user.write('app/main.ts', program('v2'));
  await running.seen(/main\.ts: served after/);
  expect((await httpRequest(url)).body).toBe('v2 hello');
  expect(running.stderr()).toContain('│ v2 listens');

  user.write('app/greeting.ts', "export const greeting = 'hi';\n");
  await running.seen(/greeting\.ts: served after/);
  expect((await httpRequest(url)).body).toBe('v2 hi');

  user.write('app/main.ts', program('v3', "throw new Error('no database');"));
  await running.seen(/The version before still serves\./);
  expect(running.stderr()).toContain('Error: no database');
  user.write('app/main.ts', 'const = 1;');
  await running.seen(/cannot be built/);
  expect((await httpRequest(url)).body).toBe('v2 hi');

  user.write('app/main.ts', program('v4'));
  unlinkSync(user.write('app/unused.ts', ''));
  await running.seen(/v4 listens/);
  expect(await quit(running)).toMatchObject({ code: 0 });
  expect((await httpRequest(url)).body).toBe('v1 hello');
  expect((await stopLoad()).filter((answer) => !/^v[124] (hello|hi)$/.test(answer))).toEqual([]);
  expect(user.state()).toEqual(stateBefore);
  expect(await user.census()).toEqual(censusBefore);
  await user.run('teardown', ...flags);
});

test('without a stack, dev stands it up, follows its configuration, and takes it down at the end', async () => {
  const { user, flags } = await userWith();
  const running = await startDev(user, flags);
  const { url } = running;
  expect((await httpRequest(url)).body).toBe('v1 hello');
  user.config(stack('/shop'));
  await running.seen(/the configuration has changed/);
  await running.seen(/web: served after/, 2);
  user.write('app/main.ts', program('v2'));
  await running.seen(/main\.ts: served after/);
  expect((await httpRequest(`${url}/shop`)).body).toBe('v2 hello');
  expect((await httpRequest(url)).status).toBe(404);
  expect(await quit(running)).toMatchObject({ code: 0 });
  expect(user.stateFiles()).toEqual([]);
  await expect(user.sandboxPid()).rejects.toThrow();
});

test('a change of a package of the same workspace is served', async () => {
  const user = await machine();
  user.write('package.json', JSON.stringify({ name: 'all', private: true, workspaces: ['app', 'shared'] }));
  user.write('shared/package.json', JSON.stringify({ name: 'shared', version: '1.0.0', main: 'index.js' }));
  user.write('shared/index.js', "module.exports = 'one';\n");
  user.write(
    'app/package.json',
    JSON.stringify({ name: 'app', main: 'main.js', dependencies: { shared: '1.0.0' } }),
  );
  user.write(
    'app/main.js',
    `const server = require('node:http').createServer((request, response) => response.end(require('shared')));
server.listen(8000);
process.on('SIGTERM', () => server.close(() => process.exit(0)));
`,
  );
  user.write('package-lock.json', JSON.stringify({ lockfileVersion: 3, packages: {} }));
  mkdirSync(join(user.folder, 'node_modules'));
  symlinkSync('../shared', join(user.folder, 'node_modules/shared'));
  const dev = await startDev(user, user.config(stack()));
  expect((await httpRequest(dev.url)).body).toBe('one');
  user.write('shared/index.js', "module.exports = 'two';\n");
  await dev.seen(/shared\/index\.js: served after/);
  expect((await httpRequest(dev.url)).body).toBe('two');
  expect(await quit(dev)).toMatchObject({ code: 0, problem: undefined });
});

test('when dev is killed, the deployed version serves again', async () => {
  const { user, flags } = await userWith();
  const { lastLine: url } = await user.run('provision', ...flags);
  const running = await startDev(user, flags);
  user.write('app/main.ts', program('v2'));
  await running.seen(/main\.ts: served after/);
  running.child.kill('SIGKILL');
  await running.done;
  user.write('app/main.ts', program('v1'));
  while ((await httpRequest(url)).body !== 'v1 hello');
  expect(await deployedAnswer(user, flags)).toBe('v1 hello');
  await user.run('teardown', ...flags);
});

test('when another command removes the stack, dev says why it ends', async () => {
  const { user, flags } = await userWith();
  await user.run('provision', ...flags);
  const running = await startDev(user, flags);
  expect(await user.run('teardown', ...flags)).toMatchObject({ code: 0 });
  const { problem } = await running.done;
  expect(problem).toMatchObject({ code: 'INTERRUPTED', what: 'The sandbox ended this npm run dev.' });
});
