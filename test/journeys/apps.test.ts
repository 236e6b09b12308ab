// Folders with programs as users have them: init and provision lead to a URL that answers, or to the one problem that the folder has.
import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import {
  earlyAnswer,
  inTypeScript,
  composed,
  MACH_MODULE,
  movedServer,
  plain,
  PROJECT,
  slowStart,
  wrong,
  writeFiles,
} from './app-folders.ts';
import { followProcess } from './command.ts';
import { httpRequest, machine, ROOT, type Machine } from './harness.ts';

jest.setTimeout(300_000);

/** Runs a command in the folder of the machine. */
const runIn = ({ folder, env }: Machine, ...args: string[]) =>
  followProcess(spawn(process.execPath, [join(ROOT, 'run.js'), ...args], { cwd: join(folder, PROJECT), env }))
    .done;

async function userWith(files: Readonly<Record<string, string>>, env: NodeJS.ProcessEnv = {}) {
  const user = await machine(env);
  writeFiles(user, files);
  return user;
}

/** Provisions the folder of a machine. @returns the URL */
async function provisionedUrl(user: Machine): Promise<string> {
  expect(await runIn(user, 'init', '--yes')).toMatchObject({ code: 0, problem: undefined });
  const { code, lastLine, problem } = await runIn(user, 'provision');
  expect({ code, problem }).toEqual({ code: 0, problem: undefined });
  return lastLine;
}

/** Provisions the folder of a machine. @returns the problem */
async function provisionProblem(user: Machine) {
  expect(await runIn(user, 'init', '--yes')).toMatchObject({ code: 0, problem: undefined });
  return (await runIn(user, 'provision')).problem;
}

const tearDown = async (user: Machine) =>
  expect(await runIn(user, 'teardown')).toMatchObject({ code: 0, problem: undefined });
const configurationOf = ({ folder }: Machine) =>
  readFileSync(join(folder, PROJECT, 'slipway.config.ts'), 'utf8');

test.each([...plain, ...inTypeScript])('a URL that answers: $name', async ({ files, answers }) => {
  const user = await userWith(files);
  if ('tsconfig.json' in files) {
    const modules = join(user.folder, PROJECT, 'node_modules');
    mkdirSync(modules);
    symlinkSync(join(ROOT, 'node_modules/typescript'), join(modules, 'typescript'));
  }
  const url = await provisionedUrl(user);
  for (const [path, body] of Object.entries(answers))
    expect(await httpRequest(url + path)).toMatchObject({ status: 200, body });
  await tearDown(user);
});

test('a URL that answers: a program that needs five seconds to start', async () => {
  const user = await userWith(slowStart, { SLIPWAY_SANDBOX_PACE: 'brisk' });
  expect((await httpRequest(await provisionedUrl(user))).body).toBe('awake');
  await tearDown(user);
});

test('a URL that answers: a program that answers before it has read the request', async () => {
  const user = await userWith(earlyAnswer);
  const url = await provisionedUrl(user);
  const body = 'x'.repeat(300_000);
  expect(await httpRequest(url, { method: 'POST', body })).toMatchObject({ status: 413, body: 'too much' });
  await tearDown(user);
});

test('a URL that answers: a program that moves to another port and another health route', async () => {
  const user = await userWith(movedServer.first);
  expect(await httpRequest(await provisionedUrl(user))).toMatchObject({ body: 'v1' });
  rmSync(join(user.folder, PROJECT, 'slipway.config.ts'));
  writeFiles(user, movedServer.second);
  const url = await provisionedUrl(user);
  expect(configurationOf(user)).toContain('port: 5100');
  expect(await httpRequest(url)).toMatchObject({ body: 'v2' });
  await tearDown(user);
});

test('a URL that answers: the variables and the port of a Compose file, without its database', async () => {
  const user = await userWith(composed);
  const { stderr } = await runIn(user, 'init', '--yes');
  expect(stderr).toContain('store in compose.yaml is not created');
  const url = await provisionedUrl(user);
  expect(await httpRequest(url)).toMatchObject({ status: 200, body: 'store at level 3' });
  await tearDown(user);
});

const testOnLinux = process.platform === 'linux' ? test : test.skip;

testOnLinux('a URL that answers: a native module for the platform of the task', async () => {
  const user = await userWith({
    ...wrong.nativeModule,
    'server.js': wrong.nativeModule['server.js']
      .replace(`require('stone');`, `const stone = require('stone');`)
      .replace(`await 'stone'`, 'await typeof stone.transform'),
  });
  const binary = join(
    ROOT,
    `node_modules/@swc/core-${process.platform}-${process.arch}-gnu`,
    `swc.${process.platform}-${process.arch}-gnu.node`,
  );
  copyFileSync(binary, join(user.folder, PROJECT, 'node_modules/stone/stone.node'));
  expect(await httpRequest(await provisionedUrl(user))).toMatchObject({ status: 200, body: 'function' });
  await tearDown(user);
});

test('packages that are not installed: the problem names them before the first call', async () => {
  const user = await userWith(wrong.notInstalled);
  const problem = await provisionProblem(user);
  expect(problem).toMatchObject({
    code: 'PACKAGE',
    what: expect.stringContaining('better-stone'),
    fix: [expect.stringContaining('npm ci')],
  });
  expect(await user.mutations()).toEqual([]);
});

test('a variable without a default: init names it, the problem contains the error, and its value solves it', async () => {
  const user = await userWith(wrong.missingVariable);
  const problem = await provisionProblem(user);
  expect(problem?.code).toBe('DEPLOYMENT');
  expect(problem?.what).toContain('QUEUE_URL is not set');
  writeFiles(user, {
    'slipway.config.ts': configurationOf(user).replace("// QUEUE_URL: ''", "QUEUE_URL: 'here'"),
  });
  expect((await httpRequest(await provisionedUrl(user))).body).toBe('reads here');
  await tearDown(user);
});

test('a program that listens only on 127.0.0.1: the problem says so', async () => {
  const user = await userWith(wrong.localhostOnly);
  const problem = await provisionProblem(user);
  expect(problem?.code).toBe('DEPLOYMENT');
  expect(problem?.what).toContain('127.0.0.1');
  expect(problem?.fix.join()).toContain('0.0.0.0:3000');
  await tearDown(user);
});

test('another port than the program listens on: the problem names both', async () => {
  const user = await userWith(wrong.fixedPort);
  await runIn(user, 'init', '--yes');
  writeFiles(user, { 'slipway.config.ts': configurationOf(user).replace('port: 4100', 'port: 3000') });
  const problem = await provisionProblem(user);
  expect(problem?.code).toBe('DEPLOYMENT');
  expect(problem?.what).toContain('3000');
  expect([problem?.what, problem?.why, ...(problem?.fix ?? [])].join()).toContain('4100');
  await tearDown(user);
});

test('a native module for another platform is rejected before the first call', async () => {
  const user = await userWith(wrong.nativeModule);
  writeFileSync(join(user.folder, PROJECT, 'node_modules/stone/stone.node'), MACH_MODULE);
  const problem = await provisionProblem(user);
  expect(problem).toMatchObject({
    code: 'PACKAGE',
    what: 'stone has a native module for another platform.',
  });
  expect(problem?.why).toContain('darwin/arm64');
  expect(await user.mutations()).toEqual([]);
});

test.each([
  ['Python', wrong.python, 8000],
  ['Go', wrong.go, 8080],
])('without a container engine, a folder in %s is rejected before the first call', async (_, files, port) => {
  const user = await userWith(files, { PATH: '/nowhere' });
  const problem = await provisionProblem(user);
  expect(configurationOf(user)).toContain(`port: ${port}`);
  expect(problem?.code).toBe('BUILDER');
  expect(problem?.fix.join()).toMatch(/podman|docker/);
  expect(await user.mutations()).toEqual([]);
});

test('a gRPC service is rejected with the reason', async () => {
  const user = await userWith(wrong.grpc);
  const { problem } = await runIn(user, 'init', '--yes');
  expect(problem?.code).toBe('NO_PROGRAM');
  expect(problem?.why).toContain('gRPC needs HTTP/2');
});
