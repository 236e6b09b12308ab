/** Loads a `slipway.config.ts`: finds the file, runs it and checks what it exports. */
import { dirname, resolve } from 'node:path';
import { messageOf } from '../aws/errors.ts';
import { NOTHING_CHANGED, problem, type Problem } from '../model/problem.ts';
import { CONFIG_FILE, type Builder, type Config, type Target } from './config.ts';
import { kindOf } from './entry.ts';
import { projectOf } from './project.ts';
import { runModule, type ModuleRun } from './run-module.ts';

/** The file to load, and the context of the run. */
export interface LoadOptions {
  /** The file, relative to the current folder; by default `slipway.config.ts`. */
  readonly file?: string | undefined;
  readonly stage: string;
  readonly target: Target;
  /** Overrides the builder of the configuration. */
  readonly builder?: Builder | undefined;
  /** Overrides the name of the configuration. */
  readonly name?: string | undefined;
  /** Aborts the load. */
  readonly signal?: AbortSignal | undefined;
  /** The number of milliseconds that the file may run. */
  readonly timeoutMs?: number;
}

/** Enough to fetch a few values over a network. */
const DEFAULT_TIMEOUT_MS = 60_000;

/**
 * Loads the configuration of a file, checked and complete.
 * @throws CONFIG_MISSING when there is no such file, CONFIG_LOAD when it cannot be run or exports nothing,
 *   CONFIG_INVALID (`InvalidConfig`) with every mistake in it; the signal's reason
 */
export async function loadConfig(options: LoadOptions): Promise<Config> {
  const {
    file = CONFIG_FILE,
    stage,
    target,
    builder,
    name,
    signal,
    timeoutMs = DEFAULT_TIMEOUT_MS,
  } = options;
  const path = resolve(file);
  if (kindOf(path) !== 'file') throw missingFile(file, path);
  const folder = dirname(path);
  const [input, { parseConfig }, project] = await Promise.all([
    run({ file, path }, { context: { stage, target }, timeoutMs, signal }),
    // Imported while the file runs.
    import('./parse.ts'),
    projectOf(folder),
  ]);
  return parseConfig(input, { stage, target, builder, name, folder, project, file });
}

/** A configuration file: as the user named it, and its absolute path. */
interface ConfigFile {
  readonly file: string;
  readonly path: string;
}

/** Returns what the file exports, or what the exported function returns. */
async function run(configFile: ConfigFile, moduleRun: ModuleRun): Promise<unknown> {
  let exported: { value?: unknown };
  try {
    exported = await runModule(configFile.path, moduleRun);
  } catch (error) {
    throw moduleRun.signal?.aborted ? error : cannotRun(configFile, error);
  }
  if (!('value' in exported)) throw noDefaultExport(configFile);
  return exported.value;
}

const missingFile = (file: string, path: string): Problem =>
  problem('CONFIG_MISSING', {
    what: `There is no ${file}.`,
    why: `${path} is not a file.`,
    now: NOTHING_CHANGED,
    fix: [
      'Run the command in the folder of your slipway.config.ts, or name the file with --config FILE.',
      "To start a new one, write export default defineStack({ name: 'shop', region: 'eu-west-1', services: { … } }) into it.",
    ],
  });

const noDefaultExport = ({ file }: ConfigFile): Problem =>
  problem('CONFIG_LOAD', {
    what: `${file} does not export a configuration.`,
    why: 'It has no default export.',
    now: NOTHING_CHANGED,
    fix: [`Write export default defineStack({ … }) into ${file}.`],
  });

const cannotRun = (configFile: ConfigFile, error: unknown): Problem =>
  problem('CONFIG_LOAD', {
    what: `${configFile.file} cannot be read.`,
    why: reasonOf(configFile, error),
    now: NOTHING_CHANGED,
    fix: [`Correct ${configFile.file}, then run the command again.`],
    cause: error,
  });

/** Returns the message of an error, with the line in the file if it is known. */
function reasonOf({ file, path }: ConfigFile, error: unknown): string {
  const message = messageOf(error);
  const [line] = /^\d+/.exec(String((error as Error).stack).split(`${path}:`)[1] ?? '') ?? [];
  return line === undefined || message.includes(`${path}:`) ? message : `${file}, line ${line}: ${message}`;
}
