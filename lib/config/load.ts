/** Loads a `slipway.config.ts`: finds the file, runs it and checks what it exports. */
import { dirname, join, resolve } from 'node:path';
import { messageOf } from '../aws/errors.ts';
import { NOTHING_CHANGED, problem, type Problem } from '../model/problem.ts';
import { CONFIG_FILE, type Builder, type Config, type Target } from './config.ts';
import { kindOf } from './path-kind.ts';
import { locationIn } from './location.ts';
import { projectOf } from './project.ts';
import { runModule, ThrownInModule, type ModuleRun } from './run-module.ts';

/** The file to load, and the context of the run. */
export interface LoadOptions {
  /** The file, relative to the current folder; by default `slipway.config.ts`. */
  readonly file?: string | undefined;
  readonly stage: string;
  readonly target: Target;
  /** Replaces the builder in the configuration. */
  readonly builder?: Builder | undefined;
  /** Replaces the name in the configuration. */
  readonly name?: string | undefined;
  /** Whether the source folders must exist and be complete; true by default. */
  readonly needsSources?: boolean | undefined;
  /** The only service whose sources the command builds; by default, it builds those of all services. */
  readonly builtService?: string | undefined;
  /** Aborts the load. */
  readonly signal?: AbortSignal | undefined;
  /** The number of milliseconds that the file may run. */
  readonly timeoutMs?: number;
  /** Receives each line that the file prints; by default, the lines are passed to stderr. */
  readonly onOutput?: ((line: string) => void) | undefined;
}

/** Long enough for a configuration that fetches a few values over a network. */
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
    needsSources,
    builtService,
    signal,
    timeoutMs = DEFAULT_TIMEOUT_MS,
    onOutput,
  } = options;
  const path = resolve(file);
  if (kindOf(path) !== 'file') throw missingFile(file, path);
  const folder = dirname(path);
  const [input, { parseConfig }, project] = await Promise.all([
    run({ file, path }, { context: { stage, target }, timeoutMs, signal, onOutput }),
    // Imported while the file runs.
    import('./parse.ts'),
    projectOf(folder),
  ]);
  return parseConfig(withoutSchemaReference(input), {
    stage,
    target,
    builder,
    name,
    folder,
    project,
    file,
    needsSources,
    builtService,
  });
}

/** Removes the reference to the JSON Schema, with which an editor checks a configuration in JSON. */
function withoutSchemaReference(input: unknown): unknown {
  const { $schema, ...fields } = Object(input) as Record<string, unknown>;
  return typeof $schema === 'string' ? fields : input;
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
    throw moduleRun.signal?.aborted ? error : problemWithRun(configFile, error);
  }
  if (!('value' in exported)) throw noDefaultExport(configFile);
  return exported.value;
}

const missingFile = (file: string, path: string): Problem =>
  kindOf(path) === 'folder'
    ? problem('CONFIG_MISSING', {
        what: `${file} is a folder.`,
        why: 'A configuration is a file.',
        now: NOTHING_CHANGED,
        fix: [
          kindOf(join(path, CONFIG_FILE)) === 'file'
            ? `Name the file in it: --config ${join(file, CONFIG_FILE)}`
            : `Name the file in it: --config FILE. It contains no ${CONFIG_FILE}.`,
        ],
      })
    : problem('CONFIG_MISSING', {
        what: `There is no ${file}.`,
        why: `${path} is not a file.`,
        now: NOTHING_CHANGED,
        fix: [
          'Run the command in the folder of your slipway.config.ts, or name the file with --config FILE.',
          'npm run init, to write one for the programs of this folder',
        ],
      });

const noDefaultExport = ({ file }: ConfigFile): Problem =>
  problem('CONFIG_LOAD', {
    what: `${file} does not export a configuration.`,
    why: 'It has no default export.',
    now: NOTHING_CHANGED,
    fix: [`Write export default defineStack({ … }) into ${file}.`],
  });

/** Returns the problem with a file that yields no configuration: it threw an error, is not a program, cannot be compiled, or ended without a result. */
function problemWithRun({ file }: ConfigFile, error: unknown): Problem {
  const message = messageOf(error);
  const loadProblem = (what: string, why: string, fix: string) =>
    problem('CONFIG_LOAD', { what: `${file} ${what}`, why, now: NOTHING_CHANGED, fix: [fix], cause: error });
  if (error instanceof ThrownInModule) {
    const location = locationIn(String(error.stack));
    const place = location === undefined ? 'the file' : 'the line that is named';
    const fix = `Remove the cause of the error, or correct ${place}; then run the command again.`;
    return loadProblem('threw an error.', [location, message].filter(Boolean).join(': '), fix);
  }
  if (/^No loader is configured/.test(message)) {
    const why = `A configuration is a TypeScript or JavaScript file, such as ${CONFIG_FILE}.`;
    return loadProblem('is not a configuration.', why, 'Name the configuration with --config FILE.');
  }
  if (error instanceof SyntaxError) {
    const fix = 'Correct the errors named above, then run the command again.';
    return loadProblem('cannot be compiled.', message, fix);
  }
  return loadProblem(
    'did not return a configuration.',
    message,
    `Correct ${file}, then run the command again.`,
  );
}
