// Runs compiled scripts with what V8 made of them in an earlier run: to make that again takes a while.
// @ts-check
import { createHash } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';

/** @param {string | Buffer} data */
export const hashOf = (data) => createHash('sha256').update(data).digest('hex');
/** As long as that is. */
const HASH_BYTES = 64;

/** V8 takes only what it has made itself, with the same flags. */
const FLAVOUR = `${process.version}-${hashOf(
  [process.arch, ...process.execArgv, process.env['NODE_OPTIONS']].join(' '),
).slice(0, 8)}`;

/** What a command has loaded. @type {Map<string, { exports: object }>} */
const modules = new Map();

/**
 * Runs a compiled file with what V8 made of it in the first run that did not fail: to make that again takes a while.
 * @param {string} file
 * @returns {object} what it exports
 */
export function load(file) {
  const known = modules.get(file);
  if (known) return known.exports;
  const module = { exports: {} };
  modules.set(file, module);
  try {
    run(file, module);
  } catch (error) {
    // Whoever asks for it again is told why it is not there, and not given half of it.
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
  const kept = `${file}-${FLAVOUR}`;
  const cachedData = readKept(kept);
  const source = `(function (exports, require, module, __filename, __dirname) {${readFileSync(file, 'utf8')}\n})`;
  const script = new Script(source, { filename: file, ...(cachedData && { cachedData }) });
  if (script.cachedDataRejected !== false) {
    if (unkept.size === 0) keepAtExit();
    unkept.set(kept, script);
  }
  const require = createRequire(file);
  const own = (/** @type {string} */ name) =>
    name.startsWith('.') ? load(join(dirname(file), name)) : require(name);
  script.runInThisContext()(module.exports, own, module, file, dirname(file));
}

/** What is to be kept of this run, by where. @type {Map<string, Script>} */
const unkept = new Map();

function keepAtExit() {
  // A function that Sparkplug has compiled is not in what V8 gives out; and what it gives out it takes with equal flags.
  setFlagsFromString('--no-sparkplug');
  process.on('exit', (code) => {
    setFlagsFromString('--sparkplug');
    if (code !== 1) for (const [file, script] of unkept) keep(file, script.createCachedData());
  });
}

/**
 * With its hash before it: V8 does not see that a part of it is damaged, and runs what it finds.
 * @param {string} file
 * @returns {Buffer | undefined}
 */
function readKept(file) {
  try {
    const bytes = readFileSync(file);
    const data = bytes.subarray(HASH_BYTES);
    return hashOf(data) === bytes.toString('latin1', 0, HASH_BYTES) ? data : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Written all at once; where that is not possible, the next run is as slow as this one.
 * @param {string} file
 * @param {Buffer} data
 */
function keep(file, data) {
  const work = `${file}-${process.pid}`;
  try {
    writeFileSync(work, Buffer.concat([Buffer.from(hashOf(data)), data]));
    renameSync(work, file);
  } catch {
    rmSync(work, { force: true });
  }
}
