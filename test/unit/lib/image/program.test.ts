// Bundling the program of a folder into one file: the bundle runs like the source, and compile errors name their locations.
import { execFile } from 'node:child_process';
import { cp, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { bundleProgram, PROGRAM } from '../../../../lib/image/program.ts';
import { Problem } from '../../../../lib/model/problem.ts';
import { folderOf } from './folder.ts';

/** Runs a bundle in a separate folder, as an image runs it. */
async function run(folder: string): Promise<{ stdout: string; stderr: string }> {
  const app = await folderOf();
  for (const { name, bytes } of await bundleProgram(folder)) await writeFile(join(app, name), bytes);
  const running = promisify(execFile)(process.execPath, ['--enable-source-maps', PROGRAM], { cwd: app });
  return running.catch((error: unknown) => error as { stdout: string; stderr: string });
}

const textOf = async (folder: string): Promise<string> =>
  (await bundleProgram(folder)).map(({ bytes }) => new TextDecoder().decode(bytes)).join('\n');

async function problemOf(folder: string): Promise<Problem> {
  try {
    await bundleProgram(folder);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('It was bundled');
}

const SHOP = {
  'package.json': '{ "type": "module" }',
  'src/main.ts': `import { greet } from 'greeting';\nimport { shout } from './shout.ts';\nconsole.log(shout(greet('you')));\n`,
  'src/shout.ts': `export const shout = (text: string): string => text.toUpperCase();\n`,
  'node_modules/greeting/package.json': '{ "main": "lib/index.js" }',
  'node_modules/greeting/lib/index.js': `const { hostname } = require('os');\nexports.greet = (name) => typeof hostname + ' ' + name;\n`,
};

test('a program and its packages become one file that needs nothing else', async () => {
  const { stdout, stderr } = await run(await folderOf(SHOP));
  expect({ stdout, stderr }).toEqual({ stdout: 'FUNCTION YOU\n', stderr: '' });
});

test('an ES module has its import.meta, and may define the names that CommonJS reserves', async () => {
  const folder = await folderOf({
    'index.ts': `
      import { createRequire } from 'node:module';
      import { fileURLToPath } from 'node:url';
      const require = createRequire(import.meta.url);
      const __dirname = 'mine';
      const same = fileURLToPath(import.meta.url) === import.meta.filename;
      console.log(same, import.meta.dirname === process.cwd(), __dirname, typeof require('node:fs').statSync);`,
  });
  expect(await run(folder)).toEqual({ stdout: 'true true mine function\n', stderr: '' });
});

test('a CommonJS program is the main module of its bundle, so it starts', async () => {
  const folder = await folderOf({
    'package.json': '{ "main": "server.js" }',
    'server.js': `exports.start = () => console.log('started');\nif (require.main === module) exports.start();\n`,
  });
  expect(await run(folder)).toEqual({ stdout: 'started\n', stderr: '' });
});

test('the stack trace of a crash names the location in the source', async () => {
  const folder = await folderOf({
    'src/main.ts': `class StockError extends Error {}\n\nfunction order(): never {\n  throw new StockError('sold out');\n}\norder();\n`,
  });
  const { stderr } = await run(folder);
  expect(stderr).toContain('sold out');
  expect(stderr).toMatch(/at order \(.*\/src\/main\.ts:4:9\)/);
});

test('the same source gives the same bytes in another folder, under another name, and with its packages in another place', async () => {
  const here = await folderOf(SHOP);
  const there = await folderOf();
  const copy = join(there, 'deeper', 'copy of it');
  await cp(join(here, 'src'), join(copy, 'src'), { recursive: true });
  await cp(join(here, 'package.json'), join(copy, 'package.json'));
  await symlink(join(here, 'node_modules'), join(there, 'node_modules'));
  const text = await textOf(here);
  expect(await textOf(copy)).toBe(text);
  expect(text).not.toContain(here);
  expect(text).not.toContain('slipway-image-');
  expect(text).toContain('"src/main.ts"');
  expect(text).toContain('"node_modules/greeting/lib/index.js"');
});

test('the same source gives the same bytes through a symbolic link', async () => {
  const folder = await folderOf(SHOP);
  const link = join(await folderOf(), 'link');
  await symlink(folder, link);
  expect(await textOf(link)).toBe(await textOf(folder));
});

test('classes and functions keep their names, since logs and programs use the names', async () => {
  const folder = await folderOf({
    'main.ts': `class StockError extends Error {}\nconst order = () => 1;\nconsole.log(StockError.name, order.name);\n`,
  });
  expect(await run(folder)).toEqual({ stdout: 'StockError order\n', stderr: '' });
});

test('at most five errors are reported, each with its file, line and column', async () => {
  const imports = Array.from({ length: 7 }, (_, index) => `import 'missing-${index}';`).join('\n');
  const folder = await folderOf({ 'src/main.ts': `// a comment\n${imports}\n` });
  const { code, why, fix } = await problemOf(folder);
  const file = join(folder, 'src/main.ts');
  const lines = why.split('\n');
  expect(code).toBe('BUNDLE');
  expect(lines).toHaveLength(6);
  expect(lines[0]).toBe(`${file}:2:8: Could not resolve "missing-0"`);
  expect(lines[4]).toBe(`${file}:6:8: Could not resolve "missing-4"`);
  expect(lines[5]).toBe('and 2 more');
  expect(fix.join(' ')).toContain('npm install');
});

test('a feature that a bundle cannot support is refused with its location', async () => {
  const folder = await folderOf({ 'main.ts': `export const answer = await Promise.resolve(42);\n` });
  expect((await problemOf(folder)).why).toMatch(/main\.ts:1:23: Top-level await/);
});

test('a folder without an entry file is refused', async () => {
  const { code, why } = await problemOf(await folderOf({ 'readme.md': 'nothing' }));
  expect(code).toBe('NO_PROGRAM');
  expect(why).toContain('none of src/main.ts, src/index.ts, server.js');
});

test('the entry of the configuration has precedence', async () => {
  const folder = await folderOf({ 'src/main.ts': 'console.log(1)', 'src/worker.ts': 'console.log(2)' });
  const [main] = await bundleProgram(folder, { entry: 'src/worker.ts' });
  expect(Buffer.from(main?.bytes ?? []).toString()).toContain('console.log(2)');
});

test('a program that Node does not run is refused', async () => {
  const { code, why } = await problemOf(
    await folderOf({ Dockerfile: 'FROM python\nCMD ["python", "app.py"]' }),
  );
  expect(code).toBe('BUNDLE');
  expect(why).toBe('The Dockerfile starts python app.py. That is not a file that Node runs.');
});

test('nothing is written beside the source', async () => {
  const folder = await folderOf(SHOP);
  const before = await promisify(execFile)('ls', ['-R', folder]);
  await bundleProgram(folder);
  expect(await promisify(execFile)('ls', ['-R', folder])).toEqual(before);
});
