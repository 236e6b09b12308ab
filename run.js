// Runs a command, `node run.js provision …`: compiles Slipway if its source has changed, then loads the command's main file.
// @ts-check
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { hashOf } from './build/code-cache.js';
import { readCommandLine, verbList } from './build/command-line.js';
import { filesIn } from './build/files-in.js';
import { startProgram } from './build/start-program.js';
import { SOURCES } from './build/verbs.js';

const ROOT = import.meta.dirname;
const CACHE = join(ROOT, 'node_modules', '.cache', 'slipway');
/** Milliseconds to keep an old build after a run last started with it: that run may still load parts of the build. */
const KEEP_MS = 3_600_000;

/** Returns a hash that changes whenever a file to compile or a package changes. */
function fingerprint() {
  const files = SOURCES.flatMap((folder) => filesIn(join(ROOT, folder))).filter((file) =>
    /\.[jt]s$/.test(file),
  );
  const lines = [...files, join(ROOT, 'run.js'), join(ROOT, 'package-lock.json')].sort().map((file) => {
    // Some editors create dangling symbolic links, which have no stats.
    const { mtimeMs, size } = statSync(file, { throwIfNoEntry: false }) ?? {};
    return `${file} ${mtimeMs} ${size}`;
  });
  return hashOf(lines.join('\n')).slice(0, 16);
}

/** @param {string} folder the destination of the build; it appears there atomically */
async function compile(folder) {
  // Imported here, since a run does not need these modules if Slipway is already compiled.
  const [{ compilePrograms }, { sourceLocations }] = await Promise.all([
    import('./build/compile.js'),
    import('./build/source-locations.js'),
  ]);
  const workFolder = `${folder}-${process.pid}`;
  // Created here: if esbuild failed to create the folder, the error would name esbuild's own source.
  mkdirSync(workFolder, { recursive: true });
  await compilePrograms({ root: ROOT, outdir: workFolder, locations: sourceLocations });
  try {
    renameSync(workFolder, folder);
  } catch (error) {
    rmSync(workFolder, { recursive: true, force: true });
    // Another process may have finished the same build first.
    if (!existsSync(folder)) throw error;
  }
  for (const name of readdirSync(CACHE)) {
    const age = Date.now() - (statSync(join(CACHE, name), { throwIfNoEntry: false })?.mtimeMs ?? Infinity);
    if (age > KEEP_MS) rmSync(join(CACHE, name), { recursive: true, force: true });
  }
}

/**
 * Formats a failed compilation in the way that Slipway formats its problems.
 * @param {NodeJS.ErrnoException & { errors?: { location: unknown }[] }} error
 */
function problemText({ code, errors = [], message }) {
  // esbuild has already printed compile errors, with their locations; an error without a location is a failed write.
  const isSourceError = errors.some(({ location }) => location);
  const why = isSourceError ? 'Its source has the errors printed above.' : message.trim().split('\n').at(-1);
  const fix =
    code === 'ERR_MODULE_NOT_FOUND'
      ? 'npm ci'
      : !isSourceError
        ? `Make ${join(ROOT, 'node_modules')} writable and free disk space, or run npm run compile as a user who may write there.`
        : 'git status, to see what was changed';
  return `\nproblem  Slipway cannot be compiled into ${CACHE}.\n  why    ${why}\n  now    Nothing was changed.\n  to do  ${fix}\n`;
}

const { verb, args } = readCommandLine(process.argv.slice(2), {
  root: ROOT,
  helpText: `Commands:\n${verbList((name) => `npm run ${name}`)}\nTo list the options of a command: npm run <command> -- --help\n`,
  helpCommand: 'node run.js --help',
});

// If the umask masked the owner's bits, this process could not enter the folders that it creates.
process.umask(process.umask() & 0o077);
const folder = join(CACHE, fingerprint());
if (!existsSync(folder)) {
  await compile(folder).catch((error) => {
    process.stderr.write(problemText(error));
    process.exit(1);
  });
}
// Without a command, this program only compiles.
if (verb) {
  try {
    utimesSync(folder, new Date(), new Date());
  } catch {
    // This does no harm: a user without write access cannot remove old builds either.
  }
  startProgram(folder, verb, args);
}
