/** The flags of provision and teardown, read and checked before anything else happens. */
import type { Command } from 'commander';
import { closest } from 'fastest-levenshtein';
import type { Builder, Target } from '../config/config.ts';
import { NOTHING_CHANGED, problem } from '../model/problem.ts';
import { flagsTakenByNpm, type NpmVariables } from './npm-flags.ts';

/** The options of a command. */
export interface Options {
  readonly stage: string;
  readonly target: Target;
  /** The configuration file; undefined means the default file. */
  readonly config: string | undefined;
  readonly plan: boolean;
  readonly yes: boolean;
  readonly json: boolean;
  readonly wait: boolean;
  readonly builder: Builder | undefined;
  /** Only report drift from the configuration: `npm run drift`. */
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
 * @param command `provision` or `teardown`
 * @param purpose one sentence for `--help`
 * @param env the environment, in which npm leaves the flags that it kept for itself
 * @throws ARGUMENTS for an unknown flag or value, with the nearest known one, and for flags that npm kept for itself
 */
export async function readOptions(
  command: string,
  purpose: string,
  args: readonly string[],
  env: NpmVariables,
): Promise<ParsedArguments> {
  // Imported only here, since commander takes a while to load.
  const { Command, CommanderError, Option } = await import('commander');
  const output: string[] = [];
  const write = (text: string) => void output.push(text);
  const program: Command = new Command(`npm run ${command} --`)
    .description(purpose)
    .addOption(
      new Option('--target <target>', 'where the stack runs').choices(['sandbox', 'aws']).default('sandbox'),
    )
    .option('--stage <name>', 'which deployment of the stack; letters and digits', 'dev')
    .option('--config <file>', 'the configuration file (default: slipway.config.ts)')
    .option('--plan', 'only show what would change; exit with 0 if nothing would, 2 otherwise', false)
    .option('--yes', 'do not ask for confirmation', false)
    .option('--json', 'print one JSON document on stdout and nothing else', false)
    .option('--no-wait', 'do not wait for health checks and DNS')
    .addOption(
      new Option('--builder <builder>', 'how images are built from source').choices([
        'auto',
        'bundle',
        'docker',
      ]),
    )
    .option('--adopt-stack', 'change the stack even if it belongs to another project', false)
    .helpOption('-h, --help', 'show this help')
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: write, writeErr: write });
  if (command === 'provision') {
    program
      .addOption(new Option('--drift', 'only report drift from the configuration').default(false).hideHelp())
      .addOption(
        new Option('--adopt <address>', 'take over a resource that is in the way; may be repeated')
          .default([] as string[], 'none')
          .argParser((address: string, others: string[]) => [...others, address]),
      );
  }
  const taken = flagsTakenByNpm(command, program.options, env);
  if (taken) throw taken;
  try {
    program.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === 'commander.helpDisplayed') return { help: output.join('') };
    throw badArguments(command, error.message);
  }
  const {
    target,
    stage,
    config,
    plan,
    yes,
    json,
    wait,
    builder,
    drift = false,
    adopt = [],
    adoptStack,
  } = program.opts<Omit<Options, 'config' | 'builder'> & { config?: string; builder?: Builder }>();
  return { options: { target, stage, config, plan, yes, json, wait, builder, drift, adopt, adoptStack } };
}

/** Returns the command line that runs a command on the same stack. */
export function commandLine(
  command: string,
  { stage, target, config }: Pick<Options, 'stage' | 'target' | 'config'>,
): string {
  const flags = [
    ...(stage === 'dev' ? [] : [`--stage ${stage}`]),
    ...(target === 'sandbox' ? [] : [`--target ${target}`]),
    ...(config === undefined ? [] : [`--config ${config}`]),
  ];
  return [`npm run ${command}`, ...(flags.length === 0 ? [] : ['--', ...flags])].join(' ');
}

/** Adds the flags of a stack to the commands in an advice. */
export const withStackFlags = (advice: string, options: Parameters<typeof commandLine>[1]): string =>
  advice.replace(
    /npm run (provision|teardown|drift)( -- )?/g,
    (match: string, ...[name, separator, offset]) => {
      const fullCommand = commandLine(String(name), options);
      if (advice.startsWith(fullCommand, Number(offset))) return match;
      if (separator === undefined) return fullCommand;
      return fullCommand.includes(' -- ') ? `${fullCommand} ` : `${fullCommand}${separator}`;
    },
  );

/**
 * Converts a message of commander to a problem. Two examples of messages are
 * `error: unknown option '--paln'\n(Did you mean --plan?)` and
 * `error: option '--target <target>' argument 'mars' is invalid. Allowed choices are sandbox, aws.`.
 */
function badArguments(command: string, message: string) {
  const [what = '', why = 'The command cannot be run with these arguments.'] = message
    .replace(/^error: /, '')
    .split(/\n|(?<=\.) /);
  const [, value, choices] = /argument '(.*)' is invalid\. Allowed choices are (.*)\.$/.exec(message) ?? [];
  const hint = value && choices ? `Did you mean ${closest(value, choices.split(', '))}? ` : '';
  return problem('ARGUMENTS', {
    what: `${what.charAt(0).toUpperCase()}${what.slice(1).replace(/\.$/, '')}.`,
    why: hint + why.replace(/^\(|\)$/g, ''),
    now: NOTHING_CHANGED,
    fix: [`npm run ${command} -- --help, to see its flags`],
  });
}
