/** The commands with options, and what kind of arguments each takes. */

/** The commands that work on a stack. */
export const COMMANDS = [
  'provision',
  'deploy',
  'drift',
  'status',
  'open',
  'doctor',
  'logs',
  'run',
  'exec',
  'dashboard',
  'history',
  'scale',
  'restart',
  'rollback',
  'teardown',
  'secret',
  'dev',
] as const;
/** All commands with options; `init` writes a configuration, and works on no stack. */
export type Command = (typeof COMMANDS)[number] | 'init';

/** The arguments that a command takes beside its options, as `--help` shows them. */
export const USAGES: Partial<Readonly<Record<Command, string>>> = {
  provision: '[PLAN FILE]',
  deploy: 'SERVICE',
  history: '[SERVICE]',
  scale: 'SERVICE N',
  restart: '[SERVICE]',
  rollback: '[SERVICE]',
  open: '[CONTAINER]',
  logs: '[CONTAINER]',
  run: 'CONTAINER [options] -- COMMAND…',
  exec: 'CONTAINER [options] [-- COMMAND…]',
  secret: 'set NAME | list | remove NAME',
};

/** The commands that take the name of a service as their argument. The argument of `deploy` is required. */
export const COMMANDS_WITH_SERVICE: readonly Command[] = ['deploy', 'history', 'restart', 'rollback'];
/** The commands that take the name of a container as their argument. */
export const COMMANDS_WITH_CONTAINER: readonly Command[] = ['open', 'logs', 'run', 'exec'];
/** The commands whose arguments end with a command to run, after `--`. */
export const COMMANDS_WITH_COMMAND: readonly Command[] = ['run', 'exec'];

/** The actions of `secret`, each with its argument. */
export const SECRET_ACTIONS = { set: 'NAME', list: '', remove: 'NAME' } as const;
export type SecretAction = keyof typeof SECRET_ACTIONS;

/** Whether a command changes no resource, whatever its options. */
export const isReadOnly = (command: string): boolean =>
  ['init', 'drift', 'status', 'open', 'doctor', 'logs', 'exec', 'dashboard', 'history'].includes(command);

/** The commands that build the images of the configuration. */
export const BUILDING_COMMANDS: readonly Command[] = ['provision', 'deploy', 'drift'];

/** The commands that end with one result, on the sandbox or on AWS. */
export const COMMANDS_WITH_RESULT: readonly Command[] = COMMANDS.filter((command) => command !== 'dev');

/** The commands that change how a service runs at once, without a plan. */
export const STEERING_COMMANDS: readonly Command[] = ['scale', 'restart'];
/** The commands that plan changes of the stack's resources, and carry them out. */
export const CHANGING_COMMANDS: readonly Command[] = ['provision', 'deploy', 'rollback', 'teardown'];

/** Whether a command plans changes of the stack's resources, and carries them out. */
export const isChanging = (command: Command): boolean => CHANGING_COMMANDS.includes(command);
