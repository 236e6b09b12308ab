/** The flags of a command, read and checked before anything else happens. */
import type { Command as Program } from 'commander';
import type { Builder, Target } from '../config/config.ts';
import {
  badArguments,
  eventsWithoutJson,
  excessArgument,
  missingCommand,
  missingContainer,
  missingService,
  missingValue,
} from './bad-arguments.ts';
import { addFlags } from './flags.ts';
import {
  COMMANDS_WITH_COMMAND,
  COMMANDS_WITH_CONTAINER,
  COMMANDS_WITH_SERVICE,
  USAGES,
  type Command,
  type SecretAction,
} from './commands.ts';
import { readScaleArguments } from './scale-arguments.ts';
import { portIn, revisionIn } from './number-options.ts';
import { isPlanFile, readPlanOutput } from './plan-arguments.ts';
import { readSecretArguments } from './secret-arguments.ts';
import type { SavedPlan } from './saved-plan/format.ts';
import { optionsOfPlan } from './saved-plan/options.ts';
import { checkPlanOutput } from './saved-plan/plan-file.ts';
import { checkSince } from './since.ts';
import { splitArguments } from './split-arguments.ts';
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
  /** The file in which the plan is saved: `--plan=FILE`. */
  readonly planOutput: string | undefined;
  /** The saved plan that the run carries out, with the path of its file. */
  readonly savedPlan: { readonly file: string; readonly plan: SavedPlan } | undefined;
  readonly yes: boolean;
  readonly json: boolean;
  /** Whether each event is printed as a line of JSON, too. */
  readonly events: boolean;
  /** Whether progress is shown as lines only, without colour. */
  readonly plain: boolean;
  readonly wait: boolean;
  /** Whether a provision on AWS checks permissions and quotas before the first change. */
  readonly preflight: boolean;
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
  /** The container that the command is limited to: its name, that of its service, or `<service>/<container>`. */
  readonly container: string | undefined;
  /** The number of tasks that `scale` sets. */
  readonly count: number | undefined;
  /** Whether `status` continues with every change. */
  readonly watch: boolean;
  /** Whether `logs` continues with new lines. */
  readonly follow: boolean;
  /** The time from which `logs` prints lines, as the user has typed it. */
  readonly since: string | undefined;
  /** The text that every line of `logs` contains. */
  readonly grep: string | undefined;
  /** The words of the command that `run` or `exec` runs, as the user has typed them. */
  readonly words: readonly string[];
  /** The task in which `exec` starts the command: its id, or the beginning of it. */
  readonly task: string | undefined;
  /** The port of the page; undefined for the default. */
  readonly port: number | undefined;
  /** Whether the address, or the page, is opened in a browser. */
  readonly open: boolean;
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
  const takesContainer = COMMANDS_WITH_CONTAINER.includes(command);
  const takesCommand = COMMANDS_WITH_COMMAND.includes(command);
  const { own, words } = takesCommand ? splitArguments(args) : { own: args, words: [] };
  const takesName = takesContainer || COMMANDS_WITH_SERVICE.includes(command);
  const usage = [USAGES[command], ...(takesCommand ? [] : ['[options]'])].filter(Boolean).join(' ');
  const program: Program = new ProgramClass(`npm run ${command} --`)
    .usage(usage)
    .description(purpose)
    .allowExcessArguments()
    .helpOption('-h, --help', 'show this help')
    .exitOverride()
    .configureOutput({ writeOut: write, writeErr: write });
  addFlags(program, command, Option);
  const { ownArgs, planOutput } = readPlanOutput(command, own);
  const npmProblem = flagsTakenByNpm(command, program.options, env);
  if (npmProblem) throw npmProblem;
  // run.js prints the versions before it loads a command.
  program.option('--version', 'show the versions of Slipway and Node');
  try {
    program.parse(ownArgs, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === 'commander.helpDisplayed') return { help: output.join('') };
    throw badArguments(command, error.message);
  }
  const ownArguments = readOwnArguments(command, program.args);
  const [name, excess] =
    takesName || ownArguments || isPlanFile(command, program.args[0])
      ? program.args
      : [undefined, ...program.args];
  if (takesCommand && !name) throw missingContainer(command);
  if (command === 'run' && words.length === 0) throw missingCommand(command);
  const taken = takesContainer ? 'container' : takesName ? 'service' : name ? 'saved plan' : undefined;
  if (excess !== undefined && !ownArguments) throw excessArgument(command, excess, taken);
  if (command === 'deploy' && !name) throw missingService();
  if (program.getOptionValue('events') === true && program.getOptionValue('json') !== true)
    throw eventsWithoutJson(command);
  const { to, port, ...values } = program.opts<GivenOptions>();
  const [emptyOption] = Object.entries({ to, port, ...values }).filter(([, value]) =>
    [value].flat().includes(''),
  );
  if (emptyOption) throw missingValue(command, `--${emptyOption[0]}`);
  checkSince(command, values.since);
  const named =
    ownArguments ??
    (command === 'provision' ? {} : { [takesContainer ? 'container' : 'service']: name || undefined });
  if (planOutput !== undefined) await checkPlanOutput(planOutput);
  const options = {
    ...{ ...DEFAULT_OPTIONS, ...values, ...named },
    ...{ words, to: revisionIn(to), port: portIn(port), planOutput },
  };
  if (command !== 'provision' || !name) return { options };
  const given = Object.entries(values).filter(([key]) => program.getOptionValueSource(key) === 'cli');
  return { options: { ...options, ...(await optionsOfPlan(name, Object.fromEntries(given))) } };
}

/** The options as commander returns them, in which numbers are strings. */
type GivenOptions = Partial<Omit<Options, 'to' | 'port'>> & { readonly to?: string; readonly port?: string };

/** Reads the arguments of a command whose arguments are not one name; undefined for other commands. @throws ARGUMENTS */
function readOwnArguments(command: Command, args: readonly string[]): Partial<Options> | undefined {
  if (command === 'secret') return readSecretArguments(args);
  if (command === 'scale') return readScaleArguments(args);
  return undefined;
}

/** The values of options that are not given, or that the command does not have. */
export const DEFAULT_OPTIONS: Options = {
  stage: 'dev',
  target: 'sandbox',
  config: undefined,
  name: undefined,
  plan: false,
  planOutput: undefined,
  savedPlan: undefined,
  yes: false,
  json: false,
  events: false,
  plain: false,
  wait: true,
  preflight: true,
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
  container: undefined,
  count: undefined,
  follow: false,
  watch: false,
  since: undefined,
  grep: undefined,
  words: [],
  task: undefined,
  port: undefined,
  open: true,
};
