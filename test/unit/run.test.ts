// run.js compiles the commands that it runs: once, again after a change, and concurrently with other processes.
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
import { PROGRAMS } from '../../build/verbs.js';

const ROOT = resolve(import.meta.dirname, '../..');
const PROGRAM_FOLDERS = PROGRAMS.flat();
let folder = '';
const pathOf = (...names: string[]) => join(folder, ...names);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-run-'));
  for (const name of ['build', 'lib', ...PROGRAM_FOLDERS, 'node_modules']) mkdirSync(pathOf(name));
  for (const name of ['run.js', 'build']) cpSync(join(ROOT, name), pathOf(name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules/esbuild'), pathOf('node_modules/esbuild'));
  writeFileSync(pathOf('package.json'), '{ "type": "module", "version": "1.2.3" }');
  writeFileSync(pathOf('package-lock.json'), '{}');
  writeFileSync(pathOf('lib/word.ts'), "export const word: string = 'up';");
  const main =
    "import { word } from '../lib/word.ts';\nconsole.log(import.meta.dirname, word, process.argv[2]);";
  for (const name of PROGRAM_FOLDERS) writeFileSync(pathOf(name, 'main.ts'), main);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const run = async (...args: string[]): Promise<string> =>
  (await promisify(execFile)(process.execPath, [pathOf('run.js'), ...args])).stdout.trim();
const builds = () => readdirSync(pathOf('node_modules/.cache/slipway'));

test('a command gets its arguments, and its modules know the paths of their source', async () => {
  expect(await run('provision', '--plan')).toBe(`${pathOf('provision')} up --plan`);
  expect(await run('sandbox')).toBe(`${pathOf('sandbox')} up undefined`);
  expect(builds()).toHaveLength(1);
});

test('without a command, run.js only compiles', async () => {
  expect(await run()).toBe('');
  expect(builds()).toHaveLength(1);
});

test('the command drift runs provision with --drift', async () => {
  expect(await run('drift', '--json')).toBe(`${pathOf('provision')} up --drift`);
});

test.each([
  ['--version'],
  ['-V'],
  ['provision', '--version'],
  ['drift', '--stage', 'qa', '--version'],
  ['teardown', '--version', '--nonsense'],
  ['sandbox', '--version'],
])('the versions of Slipway and Node are printed without compiling: %j', async (...args) => {
  expect(await run(...args)).toBe(`Slipway 1.2.3\nNode ${process.version.slice(1)}`);
  expect(readdirSync(pathOf('node_modules'))).toEqual(['esbuild']);
});

test.each([['--help'], ['-h'], ['help']])('the commands are listed by %s', async (flag) => {
  const help = await run(flag);
  expect([...help.matchAll(/^ {2}npm run (\S+)/gm)].map(([, command]) => command)).toEqual([
    'init',
    'provision',
    'deploy',
    'dev',
    'drift',
    'status',
    'open',
    'doctor',
    'logs',
    'run',
    'exec',
    'dashboard',
    'history',
    'scale',
    'restart',
    'rollback',
    'secret',
    'teardown',
    'sandbox',
  ]);
});

test.each([
  [['nonsense'], 'There is no command nonsense.'],
  [['provison', '--plan'], 'There is no command provison.'],
  [['constructor'], 'There is no command constructor.'],
  [['../sandbox'], 'There is no command ../sandbox.'],
  [['--plan'], 'The command is missing before --plan.'],
  [[''], 'The command is missing.'],
])('%j is refused before anything is compiled, and the existing commands are listed', async (args, what) => {
  const { code, stderr } = await run(...args).then(
    () => ({ code: 0, stderr: '' }),
    (error: { code: number; stderr: string }) => error,
  );
  expect(code).toBe(1);
  expect(stderr).toBe(
    `\nproblem  ${what} [ARGUMENTS]\n  why    The commands are init, provision, deploy, dev, drift, status, open, doctor, logs, run, exec, dashboard, history, scale, restart, rollback, secret, teardown and sandbox.\n  now    Nothing was changed.\n  to do  node run.js --help\n`,
  );
  expect(readdirSync(pathOf('node_modules'))).toEqual(['esbuild']);
});

test('a change of the source takes effect in the next run', async () => {
  await run();
  writeFileSync(pathOf('lib/word.ts'), "export const word: string = 'down';");
  expect(await run('teardown')).toBe(`${pathOf('teardown')} down undefined`);
});

test('several processes share the same build, and leave no other files', async () => {
  const outputs = await Promise.all([1, 2, 3].map(() => run('provision')));
  expect(new Set(outputs)).toEqual(new Set([`${pathOf('provision')} up undefined`]));
  expect(builds()).toHaveLength(1);
});

/** The files of the code cache of a command's main file. */
const codeCacheFiles = (command: string) => {
  const folder = pathOf('node_modules/.cache/slipway', builds()[0] ?? '', command);
  return readdirSync(folder)
    .filter((name) => name.startsWith(`main.cjs-${process.version}`))
    .map((name) => join(folder, name));
};

test('the first successful run of a command writes its code cache, and the next run uses it', async () => {
  writeFileSync(pathOf('provision/main.ts'), 'console.log(1); process.exitCode = Number(process.argv[2]);');
  await expect(run('provision', '1')).rejects.toThrow();
  expect(codeCacheFiles('provision')).toEqual([]);
  expect(await run('provision', '0')).toBe('1');
  const [file = ''] = codeCacheFiles('provision');
  const before = statSync(file);
  expect(await run('provision', '0')).toBe('1');
  expect(statSync(file).mtimeMs).toBe(before.mtimeMs);
});

test('a program of many chunks prints nothing but its own output', async () => {
  const parts = Array.from({ length: 15 }, (_, index) => `part${index}`);
  for (const part of parts) writeFileSync(pathOf(`lib/${part}.ts`), `export const ${part} = 1;`);
  const imports = parts.map((part) => `await import('../lib/${part}.ts');`).join(' ');
  writeFileSync(pathOf('provision/main.ts'), `void (async () => { ${imports} console.log('all'); })();`);
  const args = [pathOf('run.js'), 'provision'];
  expect(await promisify(execFile)(process.execPath, args)).toEqual({ stdout: 'all\n', stderr: '' });
});

test.each([
  ['overwritten', () => Buffer.from('nothing of the kind')],
  ['half zeroed', (whole: Buffer) => whole.fill(0, whole.length / 2)],
  ['truncated', (whole: Buffer) => whole.subarray(0, whole.length - 8)],
])('a code cache that is %s is harmless, and is replaced', async (_, damage) => {
  expect(await run('provision')).toMatch(/ up /);
  const [file = ''] = codeCacheFiles('provision');
  const whole = readFileSync(file);
  writeFileSync(file, damage(Buffer.from(whole)));
  expect(await run('provision')).toMatch(/ up /);
  const { length } = readFileSync(file);
  expect(length).toBeGreaterThan(whole.length / 2);
  expect(await run('provision')).toMatch(/ up /);
});

test('a code cache that cannot be read is ignored', async () => {
  expect(await run('provision')).toMatch(/ up /);
  const [file = ''] = codeCacheFiles('provision');
  rmSync(file);
  mkdirSync(file);
  expect(await run('provision')).toMatch(/ up /);
});

test('runs with different Node flags have separate code caches', async () => {
  await run('provision');
  const env = { ...process.env, NODE_OPTIONS: '--max-old-space-size=512' };
  await promisify(execFile)(process.execPath, [pathOf('run.js'), 'provision'], { env });
  expect(codeCacheFiles('provision')).toHaveLength(2);
});

test('in debug mode, stack traces name the source', async () => {
  writeFileSync(pathOf('lib/word.ts'), "\nexport const word: string = String(new Error('here').stack);");
  const env = { ...process.env, SLIPWAY_DEBUG: '1' };
  const { stdout } = await promisify(execFile)(process.execPath, [pathOf('run.js'), 'provision'], { env });
  expect(stdout).toContain(`${pathOf('lib/word.ts')}:2:`);
});

test('a build that has not been used for an hour is deleted by the next build', async () => {
  await run();
  const [old = ''] = builds();
  utimesSync(pathOf('node_modules/.cache/slipway', old), 0, 0);
  writeFileSync(pathOf('lib/word.ts'), "export const word: string = 'other';");
  await run();
  expect(builds()).toHaveLength(1);
  expect(builds()).not.toContain(old);
});

test('an old build that has been used recently is kept', async () => {
  await run();
  const [old = ''] = builds();
  utimesSync(pathOf('node_modules/.cache/slipway', old), 0, 0);
  await run('provision');
  writeFileSync(pathOf('lib/word.ts'), "export const word: string = 'other';");
  await run();
  expect(builds()).toHaveLength(2);
});

test('a missing chunk is reported at every attempt to load it', async () => {
  const main = `
    const load = () => import('../lib/word.ts').then(() => 'there', ({ code }) => code);
    void (async () => { for (const turn of [1, 2]) console.log(turn, await load()); })();`;
  writeFileSync(pathOf('provision/main.ts'), main);
  await run();
  const build = pathOf('node_modules/.cache/slipway', builds()[0] ?? '');
  const [chunk = ''] = readdirSync(build).filter((name) => /^word-.*\.cjs$/.test(name));
  rmSync(join(build, chunk));
  expect(await run('provision')).toBe('1 ENOENT\n2 ENOENT');
});

test('a dangling link, such as editors create, is harmless', async () => {
  symlinkSync('user@host.1', pathOf('lib/.#word.ts'));
  expect(await run('provision')).toBe(`${pathOf('provision')} up undefined`);
});

test('a mistake in the source is reported with its location', async () => {
  writeFileSync(pathOf('lib/word.ts'), 'export const word = = 1;');
  await expect(run('provision')).rejects.toThrow(/lib\/word\.ts:1:20/);
});

/** Returns the output of a run that cannot start. If the tests run as root, the run uses a user without root's rights. */
async function outputOfFailedStart(): Promise<string> {
  const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  chmodSync(folder, 0o755);
  const failure = await promisify(execFile)(process.execPath, [pathOf('run.js'), 'provision'], user).then(
    () => undefined,
    (error: unknown) => error as { code: number; stdout: string; stderr: string },
  );
  expect(failure).toMatchObject({ code: 1, stdout: '' });
  return failure?.stderr.replaceAll(folder, '') ?? '';
}

const problem = (why: RegExp, fix: RegExp) =>
  expect.stringMatching(
    new RegExp(
      `^\nproblem {2}Slipway cannot be compiled into /node_modules/.cache/slipway\\.\n {2}why {4}${why.source}\n` +
        ` {2}now {4}Nothing was changed\\.\n {2}to do {2}${fix.source}\n$`,
    ),
  ) as unknown;

test('when node_modules is read-only, run.js reports how to make it writable', async () => {
  chmodSync(pathOf('node_modules'), 0o555);
  expect(await outputOfFailedStart()).toEqual(
    problem(/.*EACCES.*/, /Make \/node_modules writable .*npm run compile.*/),
  );
  chmodSync(pathOf('node_modules'), 0o755);
});

test('when packages are missing, run.js reports how to install them', async () => {
  rmSync(pathOf('node_modules/esbuild'));
  expect(await outputOfFailedStart()).toEqual(problem(/.*esbuild.*/, /npm ci/));
});
