// Starts a command, `node run.js provision …`: compiles Slipway when its source has changed, then runs that main file.
// @ts-check
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const ROOT = import.meta.dirname;
const CACHE = join(ROOT, 'node_modules', '.cache', 'slipway');
/** What is compiled together; the sandbox is a program of its own. */
const PROGRAMS = [['provision', 'teardown'], ['sandbox']];
const SOURCES = ['lib', 'provision', 'teardown', 'sandbox'];
const COMMONJS = [
  "import{createRequire as __from}from'node:module'",
  "import{fileURLToPath as __path}from'node:url'",
  "import{dirname as __folder}from'node:path'",
  'const require=__from(import.meta.url),__filename=__path(import.meta.url),__dirname=__folder(__filename);',
].join(';');
/** How long an earlier build is kept: a run that began with it may still load parts of it. */
const KEEP_MS = 3_600_000;

/** Changes with every file that is compiled, and with the packages. */
function fingerprint() {
  const files = SOURCES.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  ).filter((file) => /\.[jt]s$/.test(file));
  const hash = createHash('sha256');
  for (const file of [...files.sort(), 'run.js', 'package-lock.json']) {
    // An editor may have a link there that leads nowhere.
    const { mtimeMs, size } = statSync(join(ROOT, file), { throwIfNoEntry: false }) ?? {};
    hash.update(`${file} ${mtimeMs} ${size}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}

/**
 * @param {string} outdir
 * @param {import('esbuild').Plugin[]} plugins
 * @returns {import('esbuild').BuildOptions}
 */
const options = (outdir, plugins) => ({
  absWorkingDir: ROOT,
  outdir,
  outbase: ROOT,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  // ES modules first: then what is not used of the AWS clients is left out.
  mainFields: ['module', 'main'],
  external: ['esbuild'],
  // What packages that are CommonJS find in every module of theirs.
  banner: { js: COMMONJS },
  keepNames: true,
  minify: true,
  legalComments: 'none',
  sourcemap: 'linked',
  sourcesContent: false,
  logLevel: 'error',
  plugins,
});

/** @param {string} folder where the build goes; it appears there all at once */
async function compile(folder) {
  // Loaded here: a run that has been compiled needs none of them.
  const [{ build }, { places }, { schemas }] = await Promise.all([
    import('esbuild'),
    import('./lib/places.js'),
    import('./lib/schemas.js'),
  ]);
  const work = `${folder}-${process.pid}`;
  // Here, and not by esbuild, which would speak of its own source.
  mkdirSync(work, { recursive: true });
  await Promise.all(
    PROGRAMS.map((commands) =>
      build({
        ...options(work, [places, schemas]),
        entryPoints: commands.map((command) => `${command}/main.ts`),
      }),
    ),
  );
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
// For a bug's stack; mapping it takes time.
if (process.env['SLIPWAY_DEBUG']) process.setSourceMapsEnabled(true);
const [command] = process.argv.splice(2, 1);
// Without a command it only compiles.
if (command !== undefined) await import(pathToFileURL(join(folder, command, 'main.mjs')).href);
