// Reads which command to run, and answers the requests that need no command: versions, help, and an unknown command.
// @ts-check
import { readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { VERBS } from './verbs.js';

/**
 * Returns the command to run. Prints the versions, the help or a problem instead, and ends the process, if the arguments ask for it.
 * @param {readonly string[]} argv the arguments of the user
 * @param {{ root: string, helpText: string, helpCommand: string }} settings `root` is the folder of package.json
 * @returns the command, undefined without arguments; and its own arguments
 */
export function readCommandLine([name, ...args], { root, helpText, helpCommand }) {
  if (name === '-V' || name === '--version' || args.includes('--version')) end(versionText(root));
  if (name === '-h' || name === '--help' || name === 'help') end(helpText);
  const verb = name === undefined ? undefined : VERBS.get(name);
  if (name !== undefined && !verb) end(noCommandText(name, helpCommand), 1);
  return { verb, args };
}

/**
 * Lists the commands.
 * @param {(verb: string) => string} format formats a command as the user types it
 */
export function verbList(format) {
  const lines = [...VERBS].map(([name, { purpose }]) => ({ command: format(name), purpose }));
  const width = Math.max(...lines.map(({ command }) => command.length));
  return lines.map(({ command, purpose }) => `  ${command.padEnd(width)}  ${purpose}\n`).join('');
}

/**
 * Returns the versions that a bug report should state.
 * @param {string} root
 */
function versionText(root) {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return `Slipway ${version}\nNode ${process.versions.node}\n`;
}

/**
 * @param {string} first the argument in the place of the command
 * @param {string} helpCommand
 */
function noCommandText(first, helpCommand) {
  const what = /^[^-]/.test(first)
    ? `There is no command ${first}.`
    : `The command is missing${first && ` before ${first}`}.`;
  const [last, ...others] = [...VERBS.keys()].reverse();
  const why = `The commands are ${others.reverse().join(', ')} and ${last}.`;
  return `\nproblem  ${what} [ARGUMENTS]\n  why    ${why}\n  now    Nothing was changed.\n  to do  ${helpCommand}\n`;
}

/**
 * Prints a message and ends the process.
 * @param {string} text
 * @param {number} [code] the exit code; a failure is printed on stderr
 */
export function end(text, code = 0) {
  try {
    writeSync(code === 0 ? 1 : 2, text);
  } finally {
    process.exit(code);
  }
}
