// Trial runs: real programs are started, receive requests, and are gone afterwards.
import { chmod, mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { PackagedProgram } from '../../../../lib/image/builds.ts';
import { tryProgram, type Trial } from '../../../../lib/image/trial-run.ts';
import { packageFiles } from '../../../../lib/program/files.ts';
import { processStartTime } from '../../../../lib/state/process-start-time.ts';
import { LINUX, startOf } from '../program/packaged.ts';
import { folderOf } from './folder.ts';
import { BUSY_PROGRAMS, expectNoOrphan, until } from '../../orphan.ts';

const PORT = 5000;

/** Returns a trial of the program with this source. */
const trialOf = (source: string, more: Partial<Trial> = {}): Trial => ({
  program: [{ name: 'main.cjs', bytes: new TextEncoder().encode(source) }],
  environment: {},
  protocol: 'HTTP',
  port: PORT,
  path: '/health',
  isGood: (status) => status === 200,
  signal: new AbortController().signal,
  ...more,
});

/** Returns the source of a program that answers `/health` with a status. @param status a JavaScript expression */
const programAnswering = (status: string): string =>
  `require('node:http').createServer((request, response) => {
    response.statusCode = request.url === '/health' ? ${status} : 404;
    response.end();
  }).listen(${PORT});`;

/** Returns a program that sends messages to its parent, although it has no `process.send`. */
const sending = (...messages: unknown[]): string =>
  `for (const message of ${JSON.stringify(messages)}) {
    require('node:fs').writeSync(process.channel.fd, JSON.stringify(message) + '\\n');
  }
  setInterval(() => {}, 1000);`;

test('the status of a good response is returned', async () => {
  expect(await tryProgram(trialOf(programAnswering('200')))).toBe(200);
});

test('the status of a bad response is returned once the response timeout has passed', async () => {
  expect(await tryProgram(trialOf(programAnswering('404'), { responseTimeoutMs: 200 }))).toBe(404);
});

test('a route that is added after the start is found', async () => {
  const source = `let ready = false; setTimeout(() => { ready = true; }, 150); ${programAnswering('ready ? 200 : 404')}`;
  expect(await tryProgram(trialOf(source, { responseTimeoutMs: 10_000 }))).toBe(200);
});

test('the program sees its own variables, and none of the variables of this process', async () => {
  process.env['SECRET_OF_THE_USER'] = 'secret';
  const source = programAnswering(
    "process.env.SECRET_OF_THE_USER ? 500 : process.env.GREETING === 'hello' ? 200 : 501",
  );
  expect(await tryProgram(trialOf(source, { environment: { GREETING: 'hello' } }))).toBe(200);
  delete process.env['SECRET_OF_THE_USER'];
});

test.each([
  ['ends at once', 'process.exit(3)'],
  ['throws an error', "throw new Error('no database')"],
  ['listens on another port', "require('node:net').createServer().listen(5001)"],
  ['never yields', 'for (;;);'],
  ['sends messages that are not ports', sending(null, 'a', { requested: PORT, actual: 70_000 })],
])('a program that %s has no status', async (_, source) => {
  expect(await tryProgram(trialOf(source, { startTimeoutMs: 500 }))).toBeUndefined();
});

test('a program that accepts connections but does not respond has no status', async () => {
  const source = `require('node:net').createServer(() => {}).listen(${PORT})`;
  expect(await tryProgram(trialOf(source, { responseTimeoutMs: 200 }))).toBeUndefined();
});

test('an abort ends the trial with the reason of the abort', async () => {
  const controller = new AbortController();
  const running = tryProgram(trialOf('setInterval(() => {}, 1000)', { signal: controller.signal }));
  controller.abort(new Error('interrupted'));
  await expect(running).rejects.toThrow('interrupted');
});

test('the program, its children and its folder are gone after the trial', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-pids-'));
  const file = join(folder, 'pids');
  const source = `
    const { pid } = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    require('node:fs').writeFileSync(process.env.PIDS, process.pid + ' ' + pid + ' ' + __dirname);
    ${programAnswering('200')}`;
  await chmod(folder, 0o777);
  expect(await tryProgram(trialOf(source, { environment: { PIDS: file } }))).toBe(200);
  const [pid = '', childPid = '', programFolder = ''] = (await readFile(file, 'utf8')).split(' ');
  for (const id of [pid, childPid])
    await until(async () => (await processStartTime(Number(id))) === undefined);
  await expect(readdir(programFolder)).rejects.toThrow('ENOENT');
});

/** The source of a run that only tries a program. */
const RUN = `
  import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
  import { join, dirname } from 'node:path';
  import { tryProgram } from ${JSON.stringify(resolve('lib/image/trial-run.ts'))};
  const { argv: [, , file] } = process;
  process.env.TMPDIR = join(dirname(file), 'temporary');
  mkdirSync(process.env.TMPDIR);
  chmodSync(process.env.TMPDIR, 0o777);
  await tryProgram({
    program: [{ name: 'main.cjs', bytes: readFileSync(file) }],
    environment: {},
    protocol: 'HTTP',
    port: 5000,
    path: '/',
    isGood: () => true,
    signal: new AbortController().signal,
    startTimeoutMs: 60_000,
  });`;

test.each(BUSY_PROGRAMS)(
  'when a run is killed while the tried program %s, no process and no folder are left',
  async (_, statements) => {
    const folder = await expectNoOrphan(RUN, { file: 'main.cjs', statements, isCommonJs: true });
    expect(await readdir(join(folder, 'temporary'))).toEqual([]);
  },
);

describe('a packaged program', () => {
  const SERVER = `
    const { readFileSync } = require('node:fs');
    const { status } = require('answers');
    new (require('node:worker_threads').Worker)(require.resolve('./job.js'));
    require('node:http').createServer((request, response) => {
      response.statusCode = process.argv[2] === '--now' && readFileSync('views/page.html', 'utf8') === 'page' ? status : 500;
      response.end();
    }).listen(process.env.PORT);`;
  const FILES = {
    'package.json': '{ "dependencies": { "answers": "1" } }',
    'server.js': SERVER,
    'job.js': '',
    'views/page.html': 'page',
    'node_modules/answers/package.json': '{ "name": "answers", "version": "1.0.0" }',
    'node_modules/answers/index.js': 'exports.status = 200;',
  };

  const packagedTrialOf = async (command: readonly string[], more: Partial<Trial> = {}): Promise<Trial> => {
    const start = startOf({ command, environment: { PORT: `${PORT}` } });
    const files = await packageFiles({ folder: await folderOf(FILES), start, platform: LINUX });
    return trialOf('', { program: { files, start }, ...more });
  };

  test('finds its packages and the files that it reads', async () => {
    const command = ['node', '--enable-source-maps', 'server.js', '--now'];
    expect(await tryProgram(await packagedTrialOf(command, { responseTimeoutMs: 10_000 }))).toBe(200);
  });

  test('is not tried if it does not start with Node', async () => {
    expect(await tryProgram(await packagedTrialOf(['sh', '-c', 'node server.js --now']))).toBeUndefined();
  });

  test('is not tried if it is so large that the trial would take long', async () => {
    const trial = await packagedTrialOf(['node', 'server.js', '--now']);
    const { files, start } = trial.program as PackagedProgram;
    const huge = { ...files, dependencies: { ...files.dependencies, size: 1024 ** 3 } };
    expect(await tryProgram({ ...trial, program: { files: huge, start } })).toBeUndefined();
  });
});
