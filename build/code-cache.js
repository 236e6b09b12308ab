// Runs the scripts that run.js has built. V8's code cache saves V8 from compiling them again in every run.
// @ts-check
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';

/** @param {string | Buffer} data */
export const hashOf = (data) => createHash('sha256').update(data).digest('hex');
/** The length of a hash in hexadecimal digits. */
const HASH_LENGTH = 64;

/** V8 accepts a code cache only if the same version of V8 made it, with the same flags. */
const CACHE_SUFFIX = `${process.version}-${hashOf(
  [process.arch, ...process.execArgv, process.env['NODE_OPTIONS']].join(' '),
).slice(0, 8)}`;

/**
 * The folder of the scripts, and the folder of their caches; by default, a cache is beside its script.
 * @type {{ scripts: string, caches: string } | undefined}
 */
let folders;

/**
 * Keeps the caches of the scripts of a folder in another folder. It is created when it is needed.
 * @param {string} scripts
 * @param {string} caches a folder for exactly this build: V8 does not notice all changes of a script
 */
export function keepCachesIn(scripts, caches) {
  folders = { scripts, caches };
}

/** @param {string} file */
const cacheFileOf = (file) =>
  `${folders ? join(folders.caches, relative(folders.scripts, file)) : file}-${CACHE_SUFFIX}`;

/** The modules that this process has loaded, keyed by file. @type {Map<string, { exports: object }>} */
const modules = new Map();

/**
 * Loads a compiled file, with its code cache if there is one. The first run that does not fail writes the cache.
 * @param {string} file
 * @returns {object} its exports
 */
export function load(file) {
  const loadedModule = modules.get(file);
  if (loadedModule) return loadedModule.exports;
  const module = { exports: {} };
  modules.set(file, module);
  try {
    run(file, module);
  } catch (error) {
    // The next caller gets the error again rather than a half-initialised module.
    modules.delete(file);
    throw error;
  }
  return module.exports;
}

/**
 * @param {string} file
 * @param {{ exports: object }} module
 */
function run(file, module) {
  const cacheFile = cacheFileOf(file);
  const cachedData = readCache(cacheFile);
  const source = `(function (exports, require, module, __filename, __dirname) {${readFileSync(file, 'utf8')}\n})`;
  const script = new Script(source, { filename: file, ...(cachedData && { cachedData }) });
  if (script.cachedDataRejected !== false) {
    if (uncachedScripts.size === 0) writeCachesAtExit();
    uncachedScripts.set(cacheFile, script);
  }
  const require = createRequire(file);
  const requireModule = (/** @type {string} */ name) =>
    name.startsWith('.') ? load(join(dirname(file), name)) : require(name);
  script.runInThisContext()(module.exports, requireModule, module, file, dirname(file));
}

/** The scripts without a valid cache; the key of each is the file to write its cache to. @type {Map<string, Script>} */
const uncachedScripts = new Map();

function writeCachesAtExit() {
  // A code cache omits functions that Sparkplug has compiled, so Sparkplug is off until the caches are made. The flag is then
  // reset, because V8 compares the flags when it reads a cache.
  setFlagsFromString('--no-sparkplug');
  process.on('exit', (code) => {
    setFlagsFromString('--sparkplug');
    if (code !== 1) for (const [file, script] of uncachedScripts) writeCache(file, script.createCachedData());
  });
}

/**
 * Reads a cache and checks the hash in front of it: V8 itself does not notice a damaged cache, and would run it.
 * @param {string} file
 * @returns {Buffer | undefined}
 */
function readCache(file) {
  try {
    const bytes = readFileSync(file);
    const data = bytes.subarray(HASH_LENGTH);
    return hashOf(data) === bytes.toString('latin1', 0, HASH_LENGTH) ? data : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Writes a cache atomically. A failure is ignored: the next run is then as slow as this one.
 * @param {string} file
 * @param {Buffer} data
 */
function writeCache(file, data) {
  const partFile = `${file}-${process.pid}`;
  try {
    mkdirSync(dirname(partFile), { recursive: true });
    writeFileSync(partFile, Buffer.concat([Buffer.from(hashOf(data)), data]));
    renameSync(partFile, file);
  } catch {
    rmSync(partFile, { force: true });
  }
}
