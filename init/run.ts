/** Runs `npm run init`: finds the programs of a repository, and writes a configuration that runs them. */
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { asTyped } from '../build/typed-command.js';
import { CONFIG_FILE } from '../lib/config/config.ts';
import { kindOf } from '../lib/config/path-kind.ts';
import { NOTHING_CHANGED, problem } from '../lib/model/problem.ts';
import { readManifestFields, viewFolder, type FolderView } from '../lib/program/folder-view.ts';
import type { CommandContext, CommandResult } from '../lib/run/main.ts';
import { commandLine } from '../lib/run/command-line.ts';
import type { InitResult } from '../lib/run/results.ts';
import { chooseFor } from './choose.ts';
import { servicesInCompose } from './compose.ts';
import { configText, type StackGuess } from './config-text.ts';
import { ignoreState, writeConfig } from './files.ts';
import type { Guess } from './guess-container.ts';
import { guessServices } from './guess-stack.ts';
import { configuredName, maxStackLength, USUAL_NAME } from './names.ts';
import { findPrograms, type LeftOut } from './programs.ts';
import { userRegion } from './region.ts';

/**
 * Does what `npm run init` does, and returns what to print. If the configuration exists already, it stays as it is.
 * @throws NO_PROGRAM if the repository has no program; CONFIG_UNWRITABLE
 */
export async function init(invocation: CommandContext): Promise<CommandResult<InitResult>> {
  const { options, report, signal } = invocation;
  const file = options.config ?? CONFIG_FILE;
  const path = resolve(file);
  const folder = dirname(path);
  const isNew = kindOf(path) === undefined;
  if (isNew) {
    const stack = await guessStack(folder, invocation);
    signal.throwIfAborted();
    if (await writeConfig(path, configText(stack, importedModule(folder))))
      report({ type: 'note', text: `wrote ${file}` });
  }
  const ignored = await ignoreState(path);
  if (ignored) report({ type: 'note', text: 'added .slipway/ to .gitignore' });
  const next = asTyped(commandLine('provision', options));
  report({
    type: 'phase',
    text: isNew ? `${file} describes the stack` : `${file} exists, and stays as it is`,
  });
  return { exitCode: 0, text: next, json: { config: file, created: isNew, ignored, next } };
}

async function guessStack(folder: string, invocation: CommandContext): Promise<StackGuess> {
  const { report } = invocation;
  const viewOf = (name: string) => viewFolder(join(folder, name));
  const composed = servicesInCompose(viewOf('.'), report);
  const { programs, leftOut } = findPrograms(viewOf, composed);
  if (programs.length === 0) throw nothingFound(folder, leftOut);
  for (const { folder: name, why } of leftOut) report({ type: 'note', text: `${name} is left out: ${why}` });
  const name = stackNameOf(viewOf('.'), maxStackLength(programs.length));
  const services = await guessServices(programs, name.value, chooseFor(invocation), report);
  for (const { name: service, containers } of services)
    for (const { facts, port, path } of containers) {
      const where = port === undefined ? 'no port' : `port ${port.value}${path ? `, ${path.value}` : ''}`;
      report({
        type: 'note',
        text: `${service}: ${facts.folder === '.' ? basename(folder) : facts.folder}, ${where}`,
      });
      for (const { name: variable, file } of unsetVariables(facts.needs, containers))
        report({ type: 'note', text: `${service}: ${file} reads ${variable}, for which no value is known` });
    }
  return { name, region: await userRegion(process.env), services };
}

const unsetVariables = <Need extends { readonly name: string }>(
  needs: readonly Need[],
  containers: StackGuess['services'][number]['containers'],
): Need[] =>
  needs.filter(({ name }) => !containers.some(({ environment }) => Object.hasOwn(environment, name)));

function stackNameOf(view: FolderView, maxLength: number): Guess<string> {
  const { name } = readManifestFields(view);
  return name === undefined
    ? {
        value: configuredName(basename(view.path), USUAL_NAME, maxLength),
        why: 'from the name of the folder',
      }
    : { value: configuredName(name, USUAL_NAME, maxLength), why: 'from the name in package.json' };
}

/** Returns the module from which a configuration in a folder imports `defineStack`. */
function importedModule(folder: string): string {
  const repository = resolve(import.meta.dirname, '..');
  const define = join(repository, 'lib/config/define.ts');
  const isInside = `${folder}${sep}`.startsWith(`${repository}${sep}`);
  if (!isInside || kindOf(define) !== 'file') return 'slipway';
  // In the repository of Slipway itself, the package is not installed.
  const path = relative(folder, define).replaceAll('\\', '/');
  return path.startsWith('.') ? path : `./${path}`;
}

const nothingFound = (folder: string, leftOut: readonly LeftOut[]) =>
  problem('NO_PROGRAM', {
    what: `No program was found in ${folder}.`,
    why:
      leftOut.length > 0
        ? leftOut.map((one) => (one.folder === '.' ? one.why : `${one.folder}: ${one.why}`)).join('\n')
        : 'No folder has a Dockerfile, a start script, or a file that Node starts by convention.',
    now: NOTHING_CHANGED,
    fix: [
      'Run the command in the folder of your repository.',
      'or add a start script to package.json, e.g. "start": "node server.js", and run the command again',
    ],
  });
