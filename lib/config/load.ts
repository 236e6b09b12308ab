/** Reads a `slipway.config.ts`: finds it, runs it, checks what it exports. */
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import { NOTHING_TOUCHED, problem, type Problem } from '../problem.ts';
import type { Builder, Config, Target } from './config.ts';
import type { StackContext } from './define.ts';
import { kindOf } from './entry.ts';
import { importFile as importModule } from './import-file.ts';
import { CONFIG_FILE, parseConfig } from './parse.ts';

export { CONFIG_FILE, parseConfig } from './parse.ts';

/** What to load, and for whom. */
export interface LoadOptions {
  /** The file, relative to the current folder; `slipway.config.ts` unless told. */
  readonly file?: string | undefined;
  readonly stage: string;
  readonly target: Target;
  /** Goes before the configuration's own. */
  readonly builder?: Builder | undefined;
  /** Imports a module by its absolute path; bundled and run unless told. */
  readonly importFile?: (path: string) => Promise<unknown>;
}

/**
 * The checked and complete configuration of a file.
 * @throws CONFIG_MISSING when there is no such file, CONFIG_LOAD when it cannot be run or exports nothing,
 *   CONFIG_INVALID (`InvalidConfig`) with every mistake in it
 */
export async function loadConfig({
  file = CONFIG_FILE,
  stage,
  target,
  builder,
  importFile = importModule,
}: LoadOptions): Promise<Config> {
  const path = resolve(file);
  if (kindOf(path) !== 'file') throw missing(file, path);
  const input = await run({ file, path }, importFile, { stage, target });
  return parseConfig(input, { stage, target, builder, folder: dirname(path), file });
}

/** A configuration file: as the user calls it, and absolute. */
interface ConfigFile {
  readonly file: string;
  readonly path: string;
}

/** What the file exports; a function's result in place of the function. */
async function run(
  place: ConfigFile,
  importFile: (path: string) => Promise<unknown>,
  context: StackContext,
): Promise<unknown> {
  let exported: unknown;
  try {
    exported = defaultOf(await importFile(place.path));
    if (typeof exported === 'function')
      return await (exported as (context: StackContext) => unknown)(context);
  } catch (error) {
    throw broken(place, error);
  }
  if (exported === undefined) throw empty(place);
  return exported;
}

/** Where the nearest package.json does not say `"type": "module"`, a module may come wrapped in another. */
function defaultOf(module: unknown): unknown {
  const { default: exported } = Object(module) as { default?: unknown };
  const { __esModule, default: inner } = Object(exported) as { __esModule?: unknown; default?: unknown };
  return __esModule === true ? inner : exported;
}

const missing = (file: string, path: string): Problem =>
  problem('CONFIG_MISSING', {
    what: `There is no ${file}.`,
    why: `${path} is not a file.`,
    now: NOTHING_TOUCHED,
    fix: [
      'Run the command in the folder of your slipway.config.ts, or name the file with --config FILE.',
      "To begin a new one, write export default defineStack({ name: 'shop', region: 'eu-west-1', services: { … } }) into it.",
    ],
  });

const empty = ({ file }: ConfigFile): Problem =>
  problem('CONFIG_LOAD', {
    what: `${file} configures nothing.`,
    why: 'It has no default export.',
    now: NOTHING_TOUCHED,
    fix: [`Write export default defineStack({ … }) into ${file}.`],
  });

const broken = (place: ConfigFile, error: unknown): Problem =>
  problem('CONFIG_LOAD', {
    what: `${place.file} cannot be read.`,
    why: reasonOf(place, error),
    now: NOTHING_TOUCHED,
    fix: [`Correct ${place.file}, then run the command again.`],
    cause: error,
  });

/**
 * The message of what was thrown, with the line in the file where that can be told.
 */
function reasonOf({ file, path }: ConfigFile, error: unknown): string {
  const { message, stack } = Object(error) as { message?: unknown; stack?: unknown };
  if (typeof message !== 'string') return `It threw ${inspect(error)}.`;
  const [line] = [path, pathToFileURL(path).href].flatMap(
    (name) => /^\d+/.exec(String(stack).split(`${name}:`)[1] ?? '') ?? [],
  );
  return line === undefined || message.includes(`${path}:`) ? message : `${file}, line ${line}: ${message}`;
}
