// Starts the compiled program of a command in this process.
// @ts-check
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { load } from './code-cache.js';

/**
 * Loads the main file of a program. The program finds its arguments in `process.argv`.
 * @param {string} folder the folder with the compiled programs
 * @param {{ folder: string, args: readonly string[] }} verb an entry of VERBS
 * @param {readonly string[]} args the arguments of the user
 */
export function startProgram(folder, verb, args) {
  process.argv.splice(2, Infinity, ...verb.args, ...args);
  const main = join(folder, verb.folder, 'main.cjs');
  // For debugging, Node itself loads the module, since Node applies source maps only to modules that it has loaded. Without
  // debugging, source maps would only cost time.
  if (process.env['SLIPWAY_DEBUG']) {
    process.setSourceMapsEnabled(true);
    createRequire(main)(main);
  } else load(main);
}
