// A repository with two HTTP services: init and provision lead to a URL that answers, with nothing typed in between.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { followProcess } from './command.ts';
import { httpRequest, machine, ROOT, type Machine } from './harness.ts';
import { testWithPython, typeAnswer } from './terminal.ts';

/** Runs a command in the folder of the machine. */
const runIn = ({ folder, env }: Machine, ...args: string[]) =>
  followProcess(spawn(process.execPath, [join(ROOT, 'run.js'), ...args], { cwd: folder, env })).done;

const SERVER = (answer: string, port: number, host = '0.0.0.0') =>
  `require('node:http').createServer(async (request, response) => response.end(await (${answer})(request.url))).listen(${port}, '${host}');`;

test('a repository with two services is provisioned with nothing typed in between', async () => {
  const user = await machine();
  user.write('package.json', '{ "name": "pair", "private": true, "workspaces": ["packages/*"] }');
  user.write('packages/web/package.json', '{ "name": "web", "main": "server.js" }');
  const answer = `async (url) => url === '/health' ? 'ok' : 'web: ' + await (await fetch(process.env.BACKEND + url)).text()`;
  user.write('packages/web/server.js', SERVER(answer, 3000));
  user.write('packages/back/package.json', '{ "name": "back", "main": "server.js" }');
  user.write('packages/back/server.js', SERVER(`(url) => 'back ' + url`, 6001, '127.0.0.1'));

  const first = await runIn(user, 'init', '--yes');
  expect(first).toMatchObject({ code: 0, stdout: 'npm run provision\n' });
  const configuration = readFileSync(join(user.folder, 'slipway.config.ts'), 'utf8');
  expect(readFileSync(join(user.folder, '.gitignore'), 'utf8')).toBe('.slipway/\n');

  const second = await runIn(user, 'init', '--json');
  expect(JSON.parse(second.stdout)).toEqual({
    ...{ version: 1, command: 'init', ok: true },
    ...{ config: 'slipway.config.ts', created: false, ignored: false, next: 'npm run provision' },
  });
  expect(readFileSync(join(user.folder, 'slipway.config.ts'), 'utf8')).toBe(configuration);

  const { code, lastLine, problem } = await runIn(user, 'provision');
  expect({ code, problem }).toEqual({ code: 0, problem: undefined });
  expect(await httpRequest(`${lastLine}/hello`)).toMatchObject({ status: 200, body: 'web: back /hello' });
  expect(await runIn(user, 'teardown')).toMatchObject({ code: 0 });
}, 180_000);

test('a folder without a program is a problem, and no file is written', async () => {
  const user = await machine();
  user.write('README.md', 'nothing');
  expect(await runIn(user, 'init')).toMatchObject({ code: 1, stdout: '', problem: { code: 'NO_PROGRAM' } });
  expect(() => readFileSync(join(user.folder, '.gitignore'))).toThrow();
  expect(await runIn(user, 'init', '--target', 'aws')).toMatchObject({
    code: 1,
    problem: { code: 'ARGUMENTS', what: 'init has no option --target.' },
  });
});

testWithPython(
  'at a terminal, init asks what the files leave open; Ctrl-C writes nothing (needs python3 on the PATH)',
  async () => {
    const user = await machine();
    for (const name of ['admin', 'shop']) {
      user.write(`${name}/package.json`, '{ "main": "server.js" }');
      user.write(`${name}/server.js`, `express().get('/', home).listen(3000);`);
    }
    const prompt = /Which program answers the requests for \/\? \(admin, shop\) \[admin\] /;
    const init = (keys: string) => typeAnswer(user, { keys, prompt, cwd: user.folder }, 'init');
    expect((await init('\x03')).code).toBe(130);
    expect(existsSync(join(user.folder, 'slipway.config.ts'))).toBe(false);
    expect((await init('shop\r')).code).toBe(0);
    const configuration = readFileSync(join(user.folder, 'slipway.config.ts'), 'utf8');
    expect([...configuration.matchAll(/path: '(\/\w*)', \/\//g)].map(([, path]) => path)).toEqual([
      '/admin',
      '/',
    ]);
  },
  60_000,
);
