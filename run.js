// Runs a command, `node run.js provision …`: compiles Slipway if its source has changed, then loads the command's main file.
// @ts-check
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { hashOf, load } from './build/code-cache.js';

const ROOT = import.meta.dirname;
const CACHE = join(ROOT, 'node_modules', '.cache', 'slipway');
/** The commands. `folder` contains the program of a command; `args` come before the arguments of the user. */
const COMMANDS = new Map([
  ['provision', { folder: 'provision', args: [], purpose: 'stands the stack up, or brings it up to date' }],
  ['deploy', { folder: 'provision', args: ['--deploy'], purpose: 'provisions one service only' }],
  ['dev', { folder: 'dev', args: [], purpose: 'serves every change of a source at once, on the sandbox' }],
  ['drift', { folder: 'provision', args: ['--drift'], purpose: 'lists differences from the configuration' }],
  ['history', { folder: 'history', args: [], purpose: 'lists the deployments of each service' }],
  ['rollback', { folder: 'rollback', args: [], purpose: 'restores an earlier revision of a service' }],
  ['teardown', { folder: 'teardown', args: [], purpose: 'takes the stack down' }],
  ['sandbox', { folder: 'sandbox', args: [], purpose: 'runs an AWS on this machine' }],
]);
/** The groups of commands that are compiled together; the sandbox is a separate program. */
const PROGRAMS = [['provision', 'dev', 'history', 'rollback', 'teardown'], ['sandbox']];
const SOURCES = ['build', 'lib', 'provision', 'dev', 'history', 'rollback', 'teardown', 'sandbox'];
/** Milliseconds to keep an old build after a run last started with it: that run may still load parts of the build. */
const KEEP_MS = 3_600_000;

/**
 * Lists the files in a folder and its subfolders. `readdir` with `recursive` takes fifteen times as long.
 * @param {string} folder
 * @returns {string[]}
 */
const filesIn = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesIn(join(folder, entry.name)) : [join(folder, entry.name)],
  );

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
 * Returns the options for bundling to ES modules. This format lets esbuild remove unused code, and lets commands share chunks
 * that load lazily.
 * @param {string[]} commands
 * @param {string} outdir
 * @param {import('esbuild').Plugin[]} plugins
 * @returns {import('esbuild').BuildOptions}
 */
const bundleOptions = (commands, outdir, plugins) => ({
  ...OPTIONS,
  entryPoints: commands.map((command) => `${command}/main.ts`),
  outdir,
  format: 'esm',
  bundle: true,
  splitting: true,
  // The AWS clients, too, are bundled from their ES modules.
  mainFields: ['module', 'main'],
  external: ['esbuild'],
  plugins,
});

/**
 * Returns the options for converting the bundled modules to scripts: V8 can cache the compiled code of a script.
 * @param {string} outdir
 * @returns {import('esbuild').BuildOptions}
 */
const scriptOptions = (outdir) => ({
  ...OPTIONS,
  entryPoints: filesIn(outdir).filter((file) => file.endsWith('.cjs')),
  outdir,
  outbase: outdir,
  format: 'cjs',
  supported: { 'dynamic-import': false },
  allowOverwrite: true,
});

/** @param {string} folder the destination of the build; it appears there atomically */
async function compile(folder) {
  // Imported here, since a run does not need these modules if Slipway is already compiled.
  const [{ build }, { sourceLocations }, { unusedSchemas }] = await Promise.all([
    import('esbuild'),
    import('./build/source-locations.js'),
    import('./build/unused-schemas.js'),
  ]);
  const workFolder = `${folder}-${process.pid}`;
  // Created here: if esbuild failed to create the folder, the error would name esbuild's own source.
  mkdirSync(workFolder, { recursive: true });
  await Promise.all(
    PROGRAMS.map((commands) => build(bundleOptions(commands, workFolder, [sourceLocations, unusedSchemas]))),
  );
  await build(scriptOptions(workFolder));
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
        ? `Make ${join(ROOT, 'node_modules')} writable and free disk space, or run npm run prepare as a user who may write there.`
        : 'git status, to see what was changed';
  return `\nproblem  Slipway cannot be compiled into ${CACHE}.\n  why    ${why}\n  now    Nothing was changed.\n  to do  ${fix}\n`;
}

/** Returns the versions that a bug report should state. */
function versionText() {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  return `Slipway ${version}\nNode ${process.versions.node}\n`;
}

function helpText() {
  const lines = [...COMMANDS].map(([name, { purpose }]) => `  npm run ${name.padEnd(9)}  ${purpose}\n`);
  return `Commands:\n${lines.join('')}\nTo list the options of a command: npm run <command> -- --help\n`;
}

/** @param {string} first the argument in the place of the command */
function noCommandText(first) {
  const what = /^[^-]/.test(first)
    ? `There is no command ${first}.`
    : `The command is missing${first && ` before ${first}`}.`;
  const [last, ...others] = [...COMMANDS.keys()].reverse();
  const why = `The commands are ${others.reverse().join(', ')} and ${last}.`;
  return `\nproblem  ${what} [ARGUMENTS]\n  why    ${why}\n  now    Nothing was changed.\n  to do  node run.js --help\n`;
}

/**
 * Prints a message and ends the process.
 * @param {string} text
 * @param {number} [code] the exit code; a failure is printed on stderr
 */
function end(text, code = 0) {
  try {
    writeSync(code === 0 ? 1 : 2, text);
  } finally {
    process.exit(code);
  }
}

const [name, ...args] = process.argv.slice(2);
const command = name === undefined ? undefined : COMMANDS.get(name);
if (name === '-V' || process.argv.includes('--version')) end(versionText());
if (name === '-h' || name === '--help' || name === 'help') end(helpText());
// Without a command, this program only compiles.
if (name !== undefined && !command) end(noCommandText(name), 1);

// If the umask masked the owner's bits, this process could not enter the folders that it creates.
process.umask(process.umask() & 0o077);
const folder = join(CACHE, fingerprint());
if (!existsSync(folder)) {
  await compile(folder).catch((error) => {
    process.stderr.write(problemText(error));
    process.exit(1);
  });
}
if (command) {
  process.argv.splice(2, Infinity, ...command.args, ...args);
  const main = join(folder, command.folder, 'main.cjs');
  try {
    utimesSync(folder, new Date(), new Date());
  } catch {
    // This does no harm: a user without write access cannot remove old builds either.
  }
  // For debugging, Node itself loads the module, since Node applies source maps only to modules that it has loaded. Without
  // debugging, source maps would only cost time.
  if (process.env['SLIPWAY_DEBUG']) {
    process.setSourceMapsEnabled(true);
    createRequire(main)(main);
  } else load(main);
}
