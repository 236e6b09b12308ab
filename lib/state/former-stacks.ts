/** The stacks that a configuration described before its stack was renamed, according to the state files in a folder. */
import { readdir } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { readState } from './read.ts';

/** A stack that the configuration no longer describes, but that still has resources. */
export interface FormerStack {
  /** The name of the stack, without its stage. */
  readonly name: string;
  /** `sandbox`, `aws`, or the URL of another endpoint. */
  readonly endpoint: string;
  /** The number of its resources, including creates that were started. */
  readonly size: number;
  /** Whether the configuration is known to have described this stack. Earlier versions of Slipway did not record this. */
  readonly isKnownToBeFormer: boolean;
}

/** The stack that the configuration describes now. */
interface CurrentStack {
  /** Its state file. */
  readonly file: string;
  readonly stage: string;
  /** The configuration file, absolute. */
  readonly configurationFile: string;
}

/** Lists the former stacks of a configuration in one stage. Files that cannot be read are ignored. */
export async function formerStacks(current: CurrentStack): Promise<FormerStack[]> {
  const folder = dirname(current.file);
  const names = await readdir(folder).catch(() => []);
  const others = names.filter((name) => name !== basename(current.file) && isOfStage(name, current.stage));
  const stacks = await Promise.all(others.map((name) => readFormer(join(folder, name), current)));
  return stacks.flatMap((stack) => stack ?? []);
}

const isOfStage = (name: string, stage: string): boolean =>
  name === `${stage}.json` || name.endsWith(`-${stage}.json`);

async function readFormer(file: string, current: CurrentStack): Promise<FormerStack | undefined> {
  const { stage, configurationFile } = current;
  const state = await readState(file).catch(() => undefined);
  if (!state?.stack.endsWith(`-${stage}`) || basename(current.file) === `${state.stack}.json`)
    return undefined;
  const isNamedAfterStage = basename(file) === `${stage}.json`;
  const path = relative(dirname(file), configurationFile);
  const isOfConfiguration = state.configurationFile === path && basename(file) === `${state.stack}.json`;
  if (!isOfConfiguration && !isNamedAfterStage) return undefined;
  const size = Object.keys({ ...state.resources, ...state.intents }).length;
  if (size === 0) return undefined;
  const name = state.stack.slice(0, -`-${stage}`.length);
  return { name, endpoint: state.endpoint, size, isKnownToBeFormer: isOfConfiguration };
}
