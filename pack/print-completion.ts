/** `slipway completion SHELL`: prints the script with which a shell completes the commands and options of Slipway. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { end } from '../build/command-line.js';

/** The shells that have a script, and how to load it in every new shell. */
const SHELLS: ReadonlyMap<string, (command: string) => string> = new Map([
  ['bash', (command) => `echo 'source <(${command})' >> ~/.bashrc`],
  ['zsh', (command) => `echo 'source <(${command})' >> ~/.zshrc`],
  ['fish', (command) => `${command} > ~/.config/fish/completions/slipway.fish`],
]);

/**
 * Prints the completion script of a shell, and ends the process.
 * @param folder the folder of the programs; the scripts are in its folder `completion`
 * @param args the arguments after `completion`
 * @param prefix the words before the name of a command, e.g. `npx slipway`
 */
export function printCompletion(folder: string, args: readonly string[], prefix: string): void {
  const [shell = '', excess] = args;
  const command = `${prefix} completion`;
  if (SHELLS.has(shell) && excess === undefined) end(readFileSync(join(folder, 'completion', shell), 'utf8'));
  const setups = [...SHELLS].map(([name, setUp]) => `  ${name.padEnd(6)}${setUp(`${command} ${name}`)}\n`);
  const usage = `Usage: ${command} SHELL\n\nPrints a script that completes commands and options. To load it in every new shell:\n${setups.join('')}`;
  if (shell === '-h' || shell === '--help') end(usage);
  const what =
    shell === ''
      ? 'The shell is missing.'
      : excess === undefined
        ? `There are no completions for ${shell}.`
        : `${excess} is one argument too many.`;
  const names = [...SHELLS.keys()].join(', ');
  end(
    `\nproblem  ${what} [ARGUMENTS]\n  why    The shells are ${names}.\n  now    Nothing was changed.\n  to do  ${command} --help\n`,
    1,
  );
}
