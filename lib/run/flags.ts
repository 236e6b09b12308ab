/** The options of each command, as data: a command lists and accepts only its own. */
import type { Command as Program, Option } from 'commander';
import {
  COMMANDS,
  type Command,
  BUILDING_COMMANDS,
  COMMANDS_WITH_RESULT,
  STEERING_COMMANDS,
  CHANGING_COMMANDS,
} from './commands.ts';

/** One option of one or more commands. */
export interface Flag {
  /** As commander writes it, e.g. `--stage <name>`. */
  readonly flags: string;
  readonly description: string;
  readonly commands: readonly Command[];
  readonly choices?: readonly string[];
  readonly default?: string;
  /** Whether it may be repeated. */
  readonly isList?: boolean;
  /** Whether `--help` leaves it out. */
  readonly isHidden?: boolean;
}

const FLAGS: readonly Flag[] = [
  {
    flags: '--target <target>',
    description: 'where the stack runs',
    commands: COMMANDS_WITH_RESULT,
    choices: ['sandbox', 'aws'],
    default: 'sandbox',
  },
  {
    flags: '--stage <name>',
    description: 'which deployment of the stack; letters and digits',
    commands: COMMANDS,
    default: 'dev',
  },
  {
    flags: '--config <file>',
    description: 'the configuration file (default: slipway.config.ts)',
    commands: [...COMMANDS, 'init'],
  },
  {
    flags: '--plan',
    description:
      'only show what would change; exit with 0 if nothing would, 2 otherwise; provision and deploy save it with --plan=FILE',
    commands: CHANGING_COMMANDS,
  },
  {
    flags: '--yes',
    description: 'do not ask',
    commands: [...CHANGING_COMMANDS, ...STEERING_COMMANDS, 'secret', 'init'],
  },
  {
    flags: '--json',
    description: 'print one JSON document on stdout and nothing else',
    commands: [...COMMANDS_WITH_RESULT, 'init'],
  },
  {
    flags: '--events',
    description: 'with --json: print every event as a line of JSON, and the result as the last one',
    commands: [...CHANGING_COMMANDS, ...STEERING_COMMANDS],
  },
  {
    flags: '--plain',
    description: 'print lines only, without colour and without a live region, e.g. for screen readers',
    commands: [...COMMANDS, 'init'],
  },
  {
    flags: '--key <id>',
    description: 'the KMS key that encrypts the value (default: the one that AWS manages)',
    commands: ['secret'],
  },
  {
    flags: '--to <revision>',
    description: 'the revision to restore (default: the last successful one before the one in service)',
    commands: ['rollback'],
  },
  {
    flags: '--task <id>',
    description: 'the task, by the beginning of its id (default: the newest healthy one)',
    commands: ['exec'],
  },
  {
    flags: '--port <port>',
    description: 'the port of the page (default: 4570, or any free port)',
    commands: ['dashboard'],
  },
  { flags: '--no-open', description: 'do not open a browser', commands: ['open', 'dashboard'] },
  { flags: '--watch', description: 'show every change until Ctrl-C', commands: ['status'] },
  { flags: '--follow', description: 'print new lines until Ctrl-C', commands: ['logs'] },
  {
    flags: '--since <time>',
    description: 'only lines after this time: a period such as 10m, 2h or 1d, or a time in ISO 8601',
    commands: ['logs'],
  },
  { flags: '--grep <text>', description: 'only lines that contain this text', commands: ['logs'] },
  {
    flags: '--no-wait',
    description: 'do not wait for health checks and DNS',
    commands: ['provision', 'deploy', 'rollback', ...STEERING_COMMANDS],
  },
  {
    flags: '--no-preflight',
    description: 'on AWS: do not check permissions and quotas before the first change',
    commands: ['provision', 'deploy'],
  },
  {
    flags: '--builder <builder>',
    description: 'how images are built from source',
    commands: BUILDING_COMMANDS,
    choices: ['auto', 'bundle', 'docker'],
  },
  {
    flags: '--name <name>',
    description: 'remove the stack of this name, e.g. the name before it was changed in the configuration',
    commands: ['teardown'],
  },
  {
    flags: '--adopt-stack',
    description: 'change the stack even if it belongs to another project',
    commands: [...CHANGING_COMMANDS, ...STEERING_COMMANDS],
  },
  {
    flags: '--adopt <address>',
    description: 'take over a resource that is in the way; may be repeated',
    commands: ['provision', 'deploy'],
    isList: true,
  },
  {
    flags: '--drift',
    description: 'only report drift from the configuration',
    commands: ['drift'],
    isHidden: true,
  },
  {
    flags: '--deploy',
    description: 'provision one service only',
    commands: ['deploy'],
    isHidden: true,
  },
];

/** Returns the long name of a flag, e.g. `--stage`. */
const longOf = ({ flags }: Flag): string => flags.split(' ')[0] ?? flags;

/** Returns the commands that have an option, e.g. `--builder`. */
export const commandsWith = (long: string): readonly Command[] =>
  FLAGS.find((flag) => longOf(flag) === long && flag.isHidden !== true)?.commands ?? [];

/** Returns the options of a command that `--help` lists, in its order. */
export const flagsOf = (command: Command): readonly Flag[] =>
  FLAGS.filter(({ commands, isHidden }) => commands.includes(command) && isHidden !== true);

/**
 * Adds the options of a command to a program.
 * @param OptionClass commander's class `Option`; commander is imported only when arguments are read
 */
export function addFlags(program: Program, command: Command, OptionClass: typeof Option): void {
  for (const flag of FLAGS.filter(({ commands }) => commands.includes(command))) {
    const option = new OptionClass(flag.flags, flag.description);
    if (flag.choices) option.choices(flag.choices);
    if (flag.default !== undefined) option.default(flag.default);
    if (flag.isHidden) option.hideHelp();
    if (flag.isList)
      option
        .default([] as string[], 'none')
        .argParser((value: string, others: string[]) => [...others, value]);
    program.addOption(option);
  }
}
