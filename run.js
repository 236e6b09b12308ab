// Starts a command, `node run.js provision …`: compiles Slipway when its source has changed, then runs that main file.
// @ts-check
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { hashOf, load } from './build/code-cache.js';

const ROOT = import.meta.dirname;
const CACHE = join(ROOT, 'node_modules', '.cache', 'slipway');
/** What is compiled together; the sandbox is a program of its own. */
const PROGRAMS = [['provision', 'teardown'], ['sandbox']];
const SOURCES = ['build', 'lib', 'provision', 'teardown', 'sandbox'];
/** How long an earlier build is kept after the last run began with it: that may still load parts of it. */
const KEEP_MS = 3_600_000;

/**
 * Not by readdir's own `recursive`, which takes fifteen times as long.
 * @param {string} folder
 * @returns {string[]}
 */
const filesIn = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesIn(join(folder, entry.name)) : [join(folder, entry.name)],
  );

/** Changes with every file that is compiled, and with the packages. */
function fingerprint() {
  const files = SOURCES.flatMap((folder) => filesIn(join(ROOT, folder))).filter((file) =>
    /\.[jt]s$/.test(file),
  );
  const lines = [...files, join(ROOT, 'run.js'), join(ROOT, 'package-lock.json')].sort().map((file) => {
    // An editor may have a link there that leads nowhere.
    const { mtimeMs, size } = statSync(file, { throwIfNoEntry: false }) ?? {};
    return `${file} ${mtimeMs} ${size}`;
  });
  return hashOf(lines.join('\n')).slice(0, 16);
}

/** @type {import('esbuild').BuildOptions} */
const OPTIONS = {
  absWorkingDir: ROOT,
  outbase: ROOT,
  platform: 'node',
  target: 'node20',
  outExtension: { '.js': '.cjs' },
  keepNames: true,
  minify: true,
  legalComments: 'none',
  sourcemap: 'linked',
  sourcesContent: false,
  logLevel: 'error',
};

/**
 * As ES modules, of which esbuild leaves out what is not used, and which share what they load when it is needed.
 * @param {string[]} commands
 * @param {string} outdir
 * @param {import('esbuild').Plugin[]} plugins
 * @returns {import('esbuild').BuildOptions}
 */
const bundled = (commands, outdir, plugins) => ({
  ...OPTIONS,
  entryPoints: commands.map((command) => `${command}/main.ts`),
  outdir,
  format: 'esm',
  bundle: true,
  splitting: true,
  // Of the AWS clients, too.
  mainFields: ['module', 'main'],
  external: ['esbuild'],
  plugins,
});

/**
 * And those as scripts: what V8 makes of a script can be kept.
 * @param {string} outdir
 * @returns {import('esbuild').BuildOptions}
 */
const asScripts = (outdir) => ({
  ...OPTIONS,
  entryPoints: filesIn(outdir).filter((file) => file.endsWith('.cjs')),
  outdir,
  outbase: outdir,
  format: 'cjs',
  supported: { 'dynamic-import': false },
  allowOverwrite: true,
});

/** @param {string} folder where the build goes; it appears there all at once */
async function compile(folder) {
  // Loaded here: a run that has been compiled needs none of them.
  const [{ build }, { places }, { schemas }] = await Promise.all([
    import('esbuild'),
    import('./build/source-locations.js'),
    import('./build/unused-schemas.js'),
  ]);
  const work = `${folder}-${process.pid}`;
  // Here, and not by esbuild, which would speak of its own source.
  mkdirSync(work, { recursive: true });
  await Promise.all(PROGRAMS.map((commands) => build(bundled(commands, work, [places, schemas]))));
  await build(asScripts(work));
  try {
    renameSync(work, folder);
  } catch (error) {
    rmSync(work, { recursive: true, force: true });
    // Another process may have been quicker.
    if (!existsSync(folder)) throw error;
  }
  for (const name of readdirSync(CACHE)) {
    const age = Date.now() - (statSync(join(CACHE, name), { throwIfNoEntry: false })?.mtimeMs ?? Infinity);
    if (age > KEEP_MS) rmSync(join(CACHE, name), { recursive: true, force: true });
  }
}

/**
 * As every problem of Slipway's is told.
 * @param {NodeJS.ErrnoException & { errors?: { location: unknown }[] }} error
 */
function problemText({ code, errors = [], message }) {
  // What does not compile has been told by esbuild, with its place; what it cannot write has none.
  const isSource = errors.some(({ location }) => location);
  const why = isSource ? 'Its own source has the errors above.' : message.trim().split('\n').at(-1);
  const fix =
    code === 'ERR_MODULE_NOT_FOUND'
      ? 'npm ci'
      : !isSource
        ? `Make ${join(ROOT, 'node_modules')} writable for you and see that there is room, or run npm run prepare as who may write there.`
        : 'git status, to see what was changed of it';
  return `\nproblem  Slipway cannot be compiled into ${CACHE}.\n  why    ${why}\n  now    Nothing was changed.\n  to do  ${fix}\n`;
}

// A umask that takes from the owner would make folders that not even we can enter.
process.umask(process.umask() & 0o077);
const folder = join(CACHE, fingerprint());
if (!existsSync(folder)) {
  await compile(folder).catch((error) => {
    process.stderr.write(problemText(error));
    process.exit(1);
  });
}
const [command] = process.argv.splice(2, 1);
// Without a command it only compiles.
if (command !== undefined) {
  const main = join(folder, command, 'main.cjs');
  try {
    utimesSync(folder, new Date(), new Date());
  } catch {
    // Who may not write there removes nothing either.
  }
  // For a bug's stack; mapping it takes time, and Node maps what it has loaded itself.
  if (process.env['SLIPWAY_DEBUG']) {
    process.setSourceMapsEnabled(true);
    createRequire(main)(main);
  } else load(main);
}
