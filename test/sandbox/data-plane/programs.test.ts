// Programs start as their images say: entry points, shells, scripts of packages, ES modules, workers, forks, clusters, native modules.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { packTar, type TarEntry } from 'modern-tar';
import { applyLayer } from '../../../sandbox/runtime/layer.ts';
import { detectIsolation } from '../../../sandbox/runtime/isolation.ts';
import { localAddress } from '../../../sandbox/runtime/ports.ts';
import { TestTask, until } from '../runtime/support.ts';

jest.setTimeout(60_000);

const file = (name: string, body: string | Uint8Array, mode = 0o644): TarEntry => ({
  header: { name, size: Buffer.byteLength(body), type: 'file', mode },
  body,
});
const link = (name: string, linkname: string): TarEntry => ({
  header: { name, size: 0, type: 'symlink', linkname },
});

/** The dependencies of the programs, in a lower layer. */
const DEPENDENCIES = [
  file(
    'app/node_modules/greet/package.json',
    '{ "name": "greet", "exports": { "import": "./index.mjs", "require": "./index.cjs" } }',
  ),
  file('app/node_modules/greet/index.mjs', `export const greet = (who) => 'hello ' + who;`),
  file('app/node_modules/greet/index.cjs', `exports.greet = (who) => 'hello ' + who;`),
  file(
    'app/node_modules/greet/cli.js',
    `#!/usr/bin/env node\nconsole.log(require('./index.cjs').greet(process.argv[2]));\n`,
    0o755,
  ),
  link('app/node_modules/.bin/greet', '../greet/cli.js'),
  file('app/packages/shared/index.js', `exports.shared = require('greet').greet('workspace');`),
  link('app/node_modules/shared', '../packages/shared'),
];

const SERVER = `require('node:http').createServer((_, response) => response.end('from ' + process.pid)).listen(4000)`;

const PROGRAMS = [
  file(
    'app/main.mjs',
    `import { greet } from 'greet';\nconsole.log(await Promise.resolve(greet('module')), import.meta.dirname === process.cwd());`,
  ),
  file('app/workspace.js', `console.log(require('shared').shared);`),
  file('app/entrypoint.sh', '#!/bin/sh\nset -e\nexport STAGE=entry\nexec "$@"\n', 0o755),
  file('app/print.js', `console.log(process.env.STAGE, process.argv.slice(2).join(' '));`),
  file(
    'app/worker.js',
    `
    const { Worker, isMainThread, parentPort } = require('node:worker_threads');
    if (isMainThread) new Worker(__filename).on('message', (text) => console.log(text));
    else parentPort.postMessage(require('greet').greet('worker'));`,
  ),
  file(
    'app/fork.js',
    `
    if (process.send) process.send(require('greet').greet('fork'));
    else require('node:child_process').fork(__filename).on('message', (text) => console.log(text));`,
  ),
  file(
    'app/cluster.js',
    `
    const cluster = require('node:cluster');
    if (cluster.isPrimary) for (let index = 0; index < 2; index += 1) cluster.fork();
    else { ${SERVER}; }`,
  ),
  file(
    'app/view.js',
    `console.log(require('node:fs').readFileSync(require('node:path').join(__dirname, 'views', process.argv[2]), 'utf8'));`,
  ),
  file('app/views/index.html', '<h1>hello</h1>'),
];

/** Unpacks the layers into a task, and returns the settings of its containers on this machine. */
async function imageTask(...more: TarEntry[]) {
  const task = await TestTask.create();
  await task.write('app/.keep', '');
  for (const layer of [DEPENDENCIES, [...PROGRAMS, ...more]])
    await applyLayer(await packTar(layer), task.rootfs);
  const isolation = await detectIsolation(task.directory);
  const environment = { PATH: '/app/node_modules/.bin:/usr/local/bin:/usr/bin:/bin' };
  return { task, spec: { isolation, readOnlyRoot: true, environment } };
}

test.each<[string, string[], string]>([
  ['an ES module with top-level await', ['node', 'main.mjs'], 'hello module true'],
  ['a package of a workspace through its link', ['node', 'workspace.js'], 'hello workspace'],
  ['the script of a package in PATH', ['greet', 'path'], 'hello path'],
  ['the script of a package in a shell', ['sh', '-c', 'greet "$0" && true', 'shell'], 'hello shell'],
  ['an absolute path', ['/app/node_modules/.bin/greet', 'absolute'], 'hello absolute'],
  ['an entry point that runs the command', ['./entrypoint.sh', 'node', 'print.js', 'a b'], 'entry a b'],
  ['a shell that sets a variable', ['/bin/sh', '-c', 'STAGE=shell exec node print.js "x y"'], 'shell x y'],
  ['a worker thread', ['node', 'worker.js'], 'hello worker'],
  ['a forked process', ['node', 'fork.js'], 'hello fork'],
  ['a file that is read at run time', ['node', 'view.js', 'index.html'], '<h1>hello</h1>'],
])('%s runs', async (_, command, output) => {
  const { task, spec } = await imageTask();
  await using _task = task;
  const container = await task.start(command, spec);
  await container.exited;
  expect({ stdout: container.stdout, stderr: container.stderr }).toEqual({ stdout: [output], stderr: [] });
});

test('the processes of a cluster share a port', async () => {
  const { task, spec } = await imageTask();
  await using _ = task;
  const container = await task.start(['node', 'cluster.js'], spec);
  const pids = new Set<string>();
  await until(async () => {
    const address = localAddress(task.directory, 4000);
    if (typeof address !== 'object') return false;
    const response = await fetch(`http://127.0.0.1:${address.port}`, { headers: { connection: 'close' } });
    return pids.add(await response.text()).size === 2;
  }, 'responses of two processes');
  expect(container.stderr).toEqual([]);
});

/** Returns a native module for this machine: that of the resolver that runs the tests. */
function nativeModule(): string {
  const packages = resolve('node_modules/@unrs');
  const files = readdirSync(packages)
    .filter((name) => name.startsWith('resolver-binding-'))
    .flatMap((name) => readdirSync(join(packages, name)).map((entry) => join(packages, name, entry)));
  const native = files.find((path) => path.endsWith('.node'));
  if (native === undefined) throw new Error(`There is no native module in ${packages}`);
  return native;
}

test('a native module is loaded', async () => {
  const { task, spec } = await imageTask(
    file('app/node_modules/native/build/native.node', readFileSync(nativeModule())),
    file('app/native.js', `console.log(typeof require('./node_modules/native/build/native.node'));`),
  );
  await using _ = task;
  const container = await task.start(['node', 'native.js'], spec);
  await container.exited;
  expect({ stdout: container.stdout, stderr: container.stderr }).toEqual({ stdout: ['object'], stderr: [] });
});
