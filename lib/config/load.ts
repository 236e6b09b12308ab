/** Reads a `slipway.config.ts`: finds it, runs it, checks what it exports. */
import { dirname, resolve } from 'node:path';
import { messageOf } from '../aws/errors.ts';
import { NOTHING_CHANGED, problem, type Problem } from '../model/problem.ts';
import { CONFIG_FILE, type Builder, type Config, type Target } from './config.ts';
import { kindOf } from './entry.ts';
import { runModule, type ModuleRun } from './run-module.ts';

/** What to load, and for whom. */
export interface LoadOptions {
  /** The file, relative to the current folder; `slipway.config.ts` unless told. */
  readonly file?: string | undefined;
  readonly stage: string;
  readonly target: Target;
  /** Goes before the configuration's own. */
  readonly builder?: Builder | undefined;
  /** Says to stop. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds that the file may take. */
  readonly within?: number;
}

/** Long enough to fetch a few values from somewhere, milliseconds. */
const WITHIN = 60_000;

/**
 * The checked and complete configuration of a file.
 * @throws CONFIG_MISSING when there is no such file, CONFIG_LOAD when it cannot be run or exports nothing,
 *   CONFIG_INVALID (`InvalidConfig`) with every mistake in it; the signal's reason
 */
export async function loadConfig(options: LoadOptions): Promise<Config> {
  const { file = CONFIG_FILE, stage, target, builder, signal, within = WITHIN } = options;
  const path = resolve(file);
  if (kindOf(path) !== 'file') throw missing(file, path);
  const [input, { parseConfig }] = await Promise.all([
    run({ file, path }, { context: { stage, target }, within, signal }),
    // Loaded while the file runs.
    import('./parse.ts'),
  ]);
  return parseConfig(input, { stage, target, builder, folder: dirname(path), file });
}

/** A configuration file: as the user calls it, and absolute. */
interface ConfigFile {
  readonly file: string;
  readonly path: string;
}

/** What the file exports; a function's result in place of the function. */
async function run(place: ConfigFile, how: ModuleRun): Promise<unknown> {
  let exported: { value?: unknown };
  try {
    exported = await runModule(place.path, how);
  } catch (error) {
    throw how.signal?.aborted ? error : broken(place, error);
  }
  if (!('value' in exported)) throw empty(place);
  return exported.value;
}

const missing = (file: string, path: string): Problem =>
  problem('CONFIG_MISSING', {
    what: `There is no ${file}.`,
    why: `${path} is not a file.`,
    now: NOTHING_CHANGED,
    fix: [
      'Run the command in the folder of your slipway.config.ts, or name the file with --config FILE.',
      "To begin a new one, write export default defineStack({ name: 'shop', region: 'eu-west-1', services: { … } }) into it.",
    ],
  });

const empty = ({ file }: ConfigFile): Problem =>
  problem('CONFIG_LOAD', {
    what: `${file} configures nothing.`,
    why: 'It has no default export.',
    now: NOTHING_CHANGED,
    fix: [`Write export default defineStack({ … }) into ${file}.`],
  });

const broken = (place: ConfigFile, error: unknown): Problem =>
  problem('CONFIG_LOAD', {
    what: `${place.file} cannot be read.`,
    why: reasonOf(place, error),
    now: NOTHING_CHANGED,
    fix: [`Correct ${place.file}, then run the command again.`],
    cause: error,
  });

/** The message of what was thrown, with the line in the file where that can be told. */
function reasonOf({ file, path }: ConfigFile, error: unknown): string {
  const message = messageOf(error);
  const [line] = /^\d+/.exec(String((error as Error).stack).split(`${path}:`)[1] ?? '') ?? [];
  return line === undefined || message.includes(`${path}:`) ? message : `${file}, line ${line}: ${message}`;
}
