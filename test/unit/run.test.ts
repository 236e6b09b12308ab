// run.js compiles what it runs: once, again after a change, and beside others that do the same.
import { execFile } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from '@jest/globals';

const ROOT = resolve(import.meta.dirname, '../..');
let folder = '';
const at = (...names: string[]) => join(folder, ...names);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-run-'));
  for (const name of ['build', 'lib', 'provision', 'teardown', 'sandbox', 'node_modules'])
    mkdirSync(at(name));
  for (const name of [
    'run.js',
    'build/code-cache.js',
    'build/source-locations.js',
    'build/unused-schemas.js',
  ])
    cpSync(join(ROOT, name), at(name));
  symlinkSync(join(ROOT, 'node_modules/esbuild'), at('node_modules/esbuild'));
  writeFileSync(at('package.json'), '{ "type": "module" }');
  writeFileSync(at('package-lock.json'), '{}');
  writeFileSync(at('lib/word.ts'), "export const word: string = 'up';");
  const main =
    "import { word } from '../lib/word.ts';\nconsole.log(import.meta.dirname, word, process.argv[2]);";
  for (const name of ['provision', 'teardown', 'sandbox']) writeFileSync(at(name, 'main.ts'), main);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const run = async (...args: string[]): Promise<string> =>
  (await promisify(execFile)(process.execPath, [at('run.js'), ...args])).stdout.trim();
const builds = () => readdirSync(at('node_modules/.cache/slipway'));

test('a command gets its own arguments, and its modules know where their source lies', async () => {
  expect(await run('provision', '--plan')).toBe(`${at('provision')} up --plan`);
  expect(await run('sandbox')).toBe(`${at('sandbox')} up undefined`);
  expect(builds()).toHaveLength(1);
});

test('without a command it only compiles', async () => {
  expect(await run()).toBe('');
  expect(builds()).toHaveLength(1);
});

test('a change of the source is what runs next', async () => {
  await run();
  writeFileSync(at('lib/word.ts'), "export const word: string = 'down';");
  expect(await run('teardown')).toBe(`${at('teardown')} down undefined`);
});

test('several at once run the same build, and leave nothing else', async () => {
  const said = await Promise.all([1, 2, 3].map(() => run('provision')));
  expect(new Set(said)).toEqual(new Set([`${at('provision')} up undefined`]));
  expect(builds()).toHaveLength(1);
});

/** What V8 made of a command's main file, as it is kept. */
const kept = (command: string) => {
  const folder = at('node_modules/.cache/slipway', builds()[0] ?? '', command);
  return readdirSync(folder)
    .filter((name) => name.startsWith(`main.cjs-${process.version}`))
    .map((name) => join(folder, name));
};

test('what V8 makes of a command is kept by the first run that does not fail, and the next one takes it', async () => {
  writeFileSync(at('provision/main.ts'), 'console.log(1); process.exitCode = Number(process.argv[2]);');
  await expect(run('provision', '1')).rejects.toThrow();
  expect(kept('provision')).toEqual([]);
  expect(await run('provision', '0')).toBe('1');
  const [file = ''] = kept('provision');
  const before = statSync(file);
  expect(await run('provision', '0')).toBe('1');
  expect(statSync(file).mtimeMs).toBe(before.mtimeMs);
});

test('however many parts it has, it says nothing of its own', async () => {
  const parts = Array.from({ length: 15 }, (_, index) => `part${index}`);
  for (const part of parts) writeFileSync(at(`lib/${part}.ts`), `export const ${part} = 1;`);
  const imports = parts.map((part) => `await import('../lib/${part}.ts');`).join(' ');
  writeFileSync(at('provision/main.ts'), `void (async () => { ${imports} console.log('all'); })();`);
  const args = [at('run.js'), 'provision'];
  expect(await promisify(execFile)(process.execPath, args)).toEqual({ stdout: 'all\n', stderr: '' });
});

test.each([
  ['of another kind', () => Buffer.from('nothing of the kind')],
  ['half lost', (whole: Buffer) => whole.fill(0, whole.length / 2)],
  ['cut', (whole: Buffer) => whole.subarray(0, whole.length - 8)],
])('what is kept and is %s does no harm, and is replaced', async (_, damaged) => {
  expect(await run('provision')).toMatch(/ up /);
  const [file = ''] = kept('provision');
  const whole = readFileSync(file);
  writeFileSync(file, damaged(Buffer.from(whole)));
  expect(await run('provision')).toMatch(/ up /);
  const { length } = readFileSync(file);
  expect(length).toBeGreaterThan(whole.length / 2);
  expect(await run('provision')).toMatch(/ up /);
});

test('what cannot be read is as nothing', async () => {
  expect(await run('provision')).toMatch(/ up /);
  const [file = ''] = kept('provision');
  rmSync(file);
  mkdirSync(file);
  expect(await run('provision')).toMatch(/ up /);
});

test('other flags of Node keep their own', async () => {
  await run('provision');
  const env = { ...process.env, NODE_OPTIONS: '--max-old-space-size=512' };
  await promisify(execFile)(process.execPath, [at('run.js'), 'provision'], { env });
  expect(kept('provision')).toHaveLength(2);
});

test('for a bug, stacks name the source', async () => {
  writeFileSync(at('lib/word.ts'), "\nexport const word: string = String(new Error('here').stack);");
  const env = { ...process.env, SLIPWAY_DEBUG: '1' };
  const { stdout } = await promisify(execFile)(process.execPath, [at('run.js'), 'provision'], { env });
  expect(stdout).toContain(`${at('lib/word.ts')}:2:`);
});

test('a build of an hour ago goes with the next', async () => {
  await run();
  const [old = ''] = builds();
  utimesSync(at('node_modules/.cache/slipway', old), 0, 0);
  writeFileSync(at('lib/word.ts'), "export const word: string = 'other';");
  await run();
  expect(builds()).toHaveLength(1);
  expect(builds()).not.toContain(old);
});

test('a build that was used since stays', async () => {
  await run();
  const [old = ''] = builds();
  utimesSync(at('node_modules/.cache/slipway', old), 0, 0);
  await run('provision');
  writeFileSync(at('lib/word.ts'), "export const word: string = 'other';");
  await run();
  expect(builds()).toHaveLength(2);
});

test('a part that is missing is missed each time that it is asked for', async () => {
  const main = `
    const load = () => import('../lib/word.ts').then(() => 'there', ({ code }) => code);
    void (async () => { for (const turn of [1, 2]) console.log(turn, await load()); })();`;
  writeFileSync(at('provision/main.ts'), main);
  await run();
  const build = at('node_modules/.cache/slipway', builds()[0] ?? '');
  const [part = ''] = readdirSync(build).filter((name) => /^word-.*\.cjs$/.test(name));
  rmSync(join(build, part));
  expect(await run('provision')).toBe('1 ENOENT\n2 ENOENT');
});

test("a link that leads nowhere, as editors make them, is in nobody's way", async () => {
  symlinkSync('user@host.1', at('lib/.#word.ts'));
  expect(await run('provision')).toBe(`${at('provision')} up undefined`);
});

test('a mistake in the source is told with its place', async () => {
  writeFileSync(at('lib/word.ts'), 'export const word = = 1;');
  await expect(run('provision')).rejects.toThrow(/lib\/word\.ts:1:20/);
});

/** What a run says when it cannot begin; even as the superuser it is one who may not write everywhere. */
async function refusal(): Promise<string> {
  const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  chmodSync(folder, 0o755);
  const failed = await promisify(execFile)(process.execPath, [at('run.js'), 'provision'], user).then(
    () => undefined,
    (error: unknown) => error as { code: number; stdout: string; stderr: string },
  );
  expect(failed).toMatchObject({ code: 1, stdout: '' });
  return failed?.stderr.replaceAll(folder, '') ?? '';
}

const problem = (why: RegExp, fix: RegExp) =>
  expect.stringMatching(
    new RegExp(
      `^\nproblem {2}Slipway cannot be compiled into /node_modules/.cache/slipway\\.\n {2}why {4}${why.source}\n` +
        ` {2}now {4}Nothing was changed\\.\n {2}to do {2}${fix.source}\n$`,
    ),
  ) as unknown;

test('where packages may only be read, it says so, and what to do', async () => {
  chmodSync(at('node_modules'), 0o555);
  expect(await refusal()).toEqual(problem(/.*EACCES.*/, /Make \/node_modules writable .*npm run prepare.*/));
  chmodSync(at('node_modules'), 0o755);
});

test('where packages are missing, it says how to get them', async () => {
  rmSync(at('node_modules/esbuild'));
  expect(await refusal()).toEqual(problem(/.*esbuild.*/, /npm ci/));
});
