/** Opens the files of a stack at the start of a run: takes its lock, and reads its state. */
import { countText } from '../model/count-text.ts';
import { resolve } from 'node:path';
import { asTyped } from '../../build/typed-command.js';
import { CONFIG_FILE } from '../config/config.ts';
import type { Clock } from '../model/clock.ts';
import type { Report } from '../model/report.ts';
import { moveFormerState } from '../state/former-file.ts';
import { formerStacks, type FormerStack } from '../state/former-stacks.ts';
import type { StateData } from '../state/format.ts';
import { takeLock, type Lock } from '../state/lock.ts';
import { unwritable } from '../state/private-file.ts';
import { readState } from '../state/read.ts';
import { formerFiles, home, makeStateFolder, stackFiles, stateFolder, type StackFiles } from './home.ts';
import { commandLine } from './command-line.ts';
import type { Options } from './options.ts';

/** The stack of a run, with the folder of its files and the means to report on it. */
export interface StackOfRun {
  /** `<name>-<stage>`. */
  readonly stack: string;
  /** `provision`, `drift` or `teardown`. */
  readonly command: string;
  /** The folder of the files; by default beside the configuration. */
  readonly folder: string | undefined;
  readonly clock: Clock;
  readonly report: Report;
}

/** Returns the configuration file of a run, absolute. */
export const configurationFileOf = ({ config = CONFIG_FILE }: Pick<Options, 'config'>): string =>
  resolve(config);

/** Returns the files of the stack of a run. */
export const filesOf = ({ config }: Pick<Options, 'config'>, { stack, folder }: StackOfRun): StackFiles =>
  stackFiles(stack, folder ?? stateFolder(config));

/**
 * Takes the lock of a stack, and warns if it is taken over from a dead process.
 * @throws LOCKED, STATE_UNWRITABLE
 */
export async function lockStack(options: Options, stackOfRun: StackOfRun): Promise<Lock> {
  const { command, clock, report, folder = stateFolder(options.config) } = stackOfRun;
  const { lock: file } = filesOf(options, stackOfRun);
  await makeStateFolder(folder).catch((error: unknown) => {
    throw unwritable(file, error);
  });
  const lock = await takeLock(file, asTyped(`npm run ${command}`), clock);
  if (lock.takenOverFrom) {
    report({
      type: 'warning',
      text: `Took over the lock of a run that is no longer alive: ${lock.takenOverFrom}.`,
    });
  }
  return lock;
}

/**
 * Reads the state of a stack. If an earlier version of Slipway kept the state in another file, that file is moved first. Reports the
 * stacks that the configuration described before. The caller holds the lock.
 * @returns undefined if there is no state
 * @throws LOCKED if an earlier version of Slipway works on the stack; STATE_CORRUPT, STATE_NEWER, STATE_UNWRITABLE
 */
export async function readSavedState(
  options: Options,
  stackOfRun: StackOfRun,
): Promise<StateData | undefined> {
  const { stack, command, folder = home(), clock, report } = stackOfRun;
  const { file } = filesOf(options, stackOfRun);
  const formerStateFiles = formerFiles(options.stage, folder);
  const moveNote = await moveFormerState(formerStateFiles, {
    file,
    stack,
    command: asTyped(`npm run ${command}`),
    clock,
  });
  if (moveNote !== undefined) report({ type: 'note', text: moveNote });
  // With `--name`, the user already knows about the former stack.
  if (options.name === undefined) {
    const configurationFile = configurationFileOf(options);
    for (const formerStack of await formerStacks({ file, stage: options.stage, configurationFile }))
      report({ type: 'note', text: formerStackText(options, formerStack) });
  }
  return readState(file);
}

/** Formats a note about a stack that the configuration had under another name, with the command that removes the stack. */
function formerStackText(
  { stage, config }: Options,
  { name, endpoint, size, isKnownToBeFormer }: FormerStack,
): string {
  const target = endpoint === 'sandbox' ? 'sandbox' : 'aws';
  const removal = commandLine('teardown', { stage, target, config, name });
  const contentsText = `${name}-${stage} still holds ${countText(size, 'resource')} on ${endpoint}`;
  return isKnownToBeFormer
    ? `${config ?? CONFIG_FILE} had another name before: ${contentsText}. To remove them: ${removal}`
    : `${contentsText}. If ${config ?? CONFIG_FILE} had that name before, this removes them: ${removal}`;
}
