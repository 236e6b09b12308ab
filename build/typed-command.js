// Spells the commands in messages as the user types them: `npm run provision` in the repository, `npx slipway provision` elsewhere.
// @ts-check
import { basename, delimiter, dirname } from 'node:path';
import { VERBS } from './verbs.js';

/** Whether this code is part of the installed package. Its compilation replaces the variable; elsewhere nothing sets it. */
const IS_PACKAGE = process.env['SLIPWAY_IS_PACKAGE'] === 'true';

/** How each installer runs a program of the project. */
const RUNNERS = new Map([
  ['npm', 'npx'],
  ['pnpm', 'pnpm exec'],
  ['yarn', 'yarn'],
  ['bun', 'bunx'],
]);

/**
 * The program that runs Slipway, its environment, and whether it is the installed package.
 * @typedef {{ program?: string | undefined, env?: Readonly<Record<string, string | undefined>>, isPackage?: boolean }} Invocation
 */

/**
 * Returns the words before the name of a command. Installers name themselves in a variable of the programs that they start.
 * @param {Invocation} [invocation] by default, that of this process
 * @returns `npm run` in the repository; otherwise, for example, `npx slipway`, or `slipway` if that is installed for all projects
 */
export function commandPrefix({ program = process.argv[1], env = process.env, isPackage = IS_PACKAGE } = {}) {
  if (!isPackage) return 'npm run';
  const [installer = ''] = (env['npm_config_user_agent'] ?? '').split('/');
  const runner = RUNNERS.get(installer);
  if (runner !== undefined) return `${runner} slipway`;
  return isOnPath(program, env['PATH']) ? 'slipway' : 'npx slipway';
}

/**
 * Whether a shell finds the program by its name alone.
 * @param {string} [program]
 * @param {string} [path]
 */
const isOnPath = (program = '', path = '') =>
  basename(program) === 'slipway' && path.split(delimiter).includes(dirname(program));

/** Matches a command as the source of the messages spells it, with the `--` that only npm needs. */
const COMMAND = new RegExp(`npm run (${[...VERBS.keys()].join('|')})(?![\\w-]|:\\w)( --(?= ))?`, 'g');

/**
 * Replaces the commands in a message.
 * @param {string} text a message that spells commands as the repository does, for example `npm run rollback -- web, to …`
 * @param {string} [prefix] the words before the name of a command
 */
export const asTyped = (text, prefix = commandPrefix()) =>
  prefix === 'npm run' ? text : text.replace(COMMAND, (_, verb) => `${prefix} ${verb}`);
