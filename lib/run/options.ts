/** The flags of a command, read and checked before anything else happens. */
import type { Command as Program } from 'commander';
import { CONFIG_FILE, type Builder, type Target } from '../config/config.ts';
import {
  badArguments,
  eventsWithoutJson,
  excessArgument,
  invalidRevision,
  missingService,
  missingValue,
} from './bad-arguments.ts';
import { addFlags, COMMANDS_WITH_SERVICE, type Command, type SecretAction } from './flags.ts';
import { readSecretArguments } from './secret-arguments.ts';
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
  /** Whether each event is printed as a line of JSON, too. */
  readonly events: boolean;
  /** Whether progress is shown as lines only, without colour. */
  readonly plain: boolean;
  readonly wait: boolean;
  readonly builder: Builder | undefined;
  /** Whether the run only reports drift from the configuration: `npm run drift`. */
  readonly drift: boolean;
  /** Whether the run provisions only one service: `npm run deploy`. */
  readonly deploy: boolean;
  /** The addresses of foreign resources to take over. */
  readonly adopt: readonly string[];
  /** Whether a stack of another project may be changed. */
  readonly adoptStack: boolean;
  /** The service that the command is limited to; undefined for all services. */
  readonly service: string | undefined;
  /** The number of the revision that a rollback restores; undefined for the last successful one before the one in service. */
  readonly to: number | undefined;
  /** The action of `secret`. */
  readonly action: SecretAction | undefined;
  /** The name of the secret that `secret` stores or removes. */
  readonly secret: string | undefined;
  /** The key that encrypts a secret; undefined for the one that AWS manages. */
  readonly key: string | undefined;
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
  const takesService = COMMANDS_WITH_SERVICE.includes(command);
  const usage =
    command === 'deploy' ? 'SERVICE [options]' : takesService ? '[SERVICE] [options]' : '[options]';
  const program: Program = new ProgramClass(`npm run ${command} --`)
    .usage(command === 'secret' ? 'set NAME | list | remove NAME [options]' : usage)
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
  const secretArguments = command === 'secret' ? readSecretArguments(program.args) : {};
  const [service, excess] =
    takesService || command === 'secret' ? program.args : [undefined, ...program.args];
  if (excess !== undefined && command !== 'secret') throw excessArgument(command, excess, takesService);
  if (command === 'deploy' && !service) throw missingService();
  if (program.getOptionValue('events') === true && program.getOptionValue('json') !== true)
    throw eventsWithoutJson(command);
  const { to, ...values } = program.opts<Partial<Omit<Options, 'to'>> & { readonly to?: string }>();
  const [emptyOption] = Object.entries({ to, ...values }).filter(([, value]) => [value].flat().includes(''));
  if (emptyOption) throw missingValue(command, `--${emptyOption[0]}`);
  const named = command === 'secret' ? secretArguments : { service: service || undefined };
  return { options: { ...DEFAULT_OPTIONS, ...values, ...named, to: revisionIn(to) } };
}

/** Reads the number of a revision. @throws ARGUMENTS */
function revisionIn(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw invalidRevision(text);
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
  events: false,
  plain: false,
  wait: true,
  builder: undefined,
  drift: false,
  deploy: false,
  adopt: [],
  adoptStack: false,
  service: undefined,
  to: undefined,
  action: undefined,
  secret: undefined,
  key: undefined,
};

/** The options that select a stack, and the part of the stack that a command works on. */
type StackOptions = Pick<Options, 'stage' | 'target' | 'config'> & {
  readonly name?: string | undefined;
  readonly service?: string | undefined;
  readonly to?: number | undefined;
  readonly action?: SecretAction | undefined;
  readonly secret?: string | undefined;
};

/** Returns the command line that runs a command on the same stack. */
export function commandLine(
  command: string,
  { stage, target, config, name, service, to, action, secret }: StackOptions,
): string {
  const takesService = (COMMANDS_WITH_SERVICE as readonly string[]).includes(command);
  const flags = [
    ...(stage === 'dev' ? [] : [`--stage ${stage}`]),
    ...(target === 'sandbox' ? [] : [`--target ${target}`]),
    ...(config === undefined ? [] : [`--config ${shellWord(config)}`]),
    // Only a teardown can have a name other than the one in the configuration.
    ...(name === undefined || command !== 'teardown' ? [] : [`--name ${name}`]),
    ...(takesService && service !== undefined ? [shellWord(service)] : []),
    ...(command === 'secret' && action !== undefined
      ? [action, ...(secret === undefined ? [] : [secret])]
      : []),
    ...(command === 'rollback' && to !== undefined ? [`--to ${to}`] : []),
  ];
  return [`npm run ${command}`, ...(flags.length === 0 ? [] : ['--', ...flags])].join(' ');
}

/** Quotes a word for a shell, if necessary. */
const shellWord = (word: string): string =>
  /^[\w./@%+=:,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

/**
 * Adds the flags of a stack to the commands in a piece of advice, and replaces `slipway.config.ts` with the configuration file of
 * the stack.
 */
export const withStackFlags = (advice: string, options: StackOptions): string =>
  advice
    .replace(/(?<= in )slipway\.config\.ts/g, () => options.config ?? CONFIG_FILE)
    .replace(
      /npm run (provision|deploy|dev|teardown|drift|status|history|rollback|secret)\b( -- )?/g,
      (match: string, ...[name, separator, offset, whole]) => {
        // The advice itself names the service, the revision and the secret.
        const fullCommand = commandLine(String(name), {
          ...options,
          ...{ service: undefined, to: undefined, action: undefined },
        });
        if (String(whole).startsWith(fullCommand, Number(offset))) return match;
        if (separator === undefined) return fullCommand;
        return fullCommand.includes(' -- ') ? `${fullCommand} ` : `${fullCommand}${separator}`;
      },
    );
