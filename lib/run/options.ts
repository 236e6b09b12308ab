/** The flags of a command, read and checked before anything else happens. */
import type { Command as Program } from 'commander';
import { CONFIG_FILE, type Builder, type Target } from '../config/config.ts';
import { badArguments, excessArgument, missingValue } from './bad-arguments.ts';
import { addFlags, type Command } from './flags.ts';
import { flagsTakenByNpm, type NpmVariables } from './npm-flags.ts';

/** The options of a command. */
export interface Options {
  readonly stage: string;
  readonly target: Target;
  /** The configuration file; undefined means the default file. */
  readonly config: string | undefined;
  /** The name of the stack to remove, instead of the name in the configuration. */
  readonly name: string | undefined;
  readonly plan: boolean;
  readonly yes: boolean;
  readonly json: boolean;
  readonly wait: boolean;
  readonly builder: Builder | undefined;
  /** Whether the run only reports drift from the configuration: `npm run drift`. */
  readonly drift: boolean;
  /** The addresses of foreign resources to take over. */
  readonly adopt: readonly string[];
  /** Whether a stack of another project may be changed. */
  readonly adoptStack: boolean;
}

/** The result of parsing arguments: options for a run, or a help text to print. */
export type ParsedArguments = { readonly options: Options } | { readonly help: string };

/**
 * Reads the arguments of a command.
 * @param purpose one sentence for `--help`
 * @param env the environment, in which npm leaves the flags that it kept for itself
 * @throws ARGUMENTS for an option that the command does not have, for a wrong value, and for flags that npm kept for itself
 */
export async function readOptions(
  command: Command,
  purpose: string,
  args: readonly string[],
  env: NpmVariables,
): Promise<ParsedArguments> {
  // Imported only here, since commander takes a while to load.
  const { Command: ProgramClass, CommanderError, Option } = await import('commander');
  const output: string[] = [];
  const write = (text: string) => void output.push(text);
  const program: Program = new ProgramClass(`npm run ${command} --`)
    .usage('[options]')
    .description(purpose)
    .allowExcessArguments()
    .helpOption('-h, --help', 'show this help')
    .exitOverride()
    .configureOutput({ writeOut: write, writeErr: write });
  addFlags(program, command, Option);
  const npmProblem = flagsTakenByNpm(command, program.options, env);
  if (npmProblem) throw npmProblem;
  // run.js prints the versions before it loads a command.
  program.option('--version', 'show the versions of Slipway and Node');
  try {
    program.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === 'commander.helpDisplayed') return { help: output.join('') };
    throw badArguments(command, error.message);
  }
  const [argument] = program.args;
  if (argument !== undefined) throw excessArgument(command, argument);
  const values = program.opts<Partial<Options>>();
  const [emptyOption] = Object.entries(values).filter(([, value]) => [value].flat().includes(''));
  if (emptyOption) throw missingValue(command, `--${emptyOption[0]}`);
  return { options: { ...DEFAULT_OPTIONS, ...values } };
}

/** The values of options that are not given, or that the command does not have. */
export const DEFAULT_OPTIONS: Options = {
  stage: 'dev',
  target: 'sandbox',
  config: undefined,
  name: undefined,
  plan: false,
  yes: false,
  json: false,
  wait: true,
  builder: undefined,
  drift: false,
  adopt: [],
  adoptStack: false,
};

/** The options that select a stack. */
type StackOptions = Pick<Options, 'stage' | 'target' | 'config'> & { readonly name?: string | undefined };

/** Returns the command line that runs a command on the same stack. */
export function commandLine(command: string, { stage, target, config, name }: StackOptions): string {
  const flags = [
    ...(stage === 'dev' ? [] : [`--stage ${stage}`]),
    ...(target === 'sandbox' ? [] : [`--target ${target}`]),
    ...(config === undefined ? [] : [`--config ${shellWord(config)}`]),
    // Only a teardown can have a name other than the one in the configuration.
    ...(name === undefined || command !== 'teardown' ? [] : [`--name ${name}`]),
  ];
  return [`npm run ${command}`, ...(flags.length === 0 ? [] : ['--', ...flags])].join(' ');
}

/** Quotes a word for a shell, if necessary. */
const shellWord = (word: string): string =>
  /^[\w./@%+=:,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

/** Adds the flags of a stack to the commands in a piece of advice, and replaces `slipway.config.ts` with the configuration file of the stack. */
export const withStackFlags = (advice: string, options: StackOptions): string =>
  advice
    .replace(/(?<= in )slipway\.config\.ts/g, () => options.config ?? CONFIG_FILE)
    .replace(
      /npm run (provision|teardown|drift)( -- )?/g,
      (match: string, ...[name, separator, offset, whole]) => {
        const fullCommand = commandLine(String(name), options);
        if (String(whole).startsWith(fullCommand, Number(offset))) return match;
        if (separator === undefined) return fullCommand;
        return fullCommand.includes(' -- ') ? `${fullCommand} ` : `${fullCommand}${separator}`;
      },
    );
