/** Writes the command lines of Slipway as a user types them, with the options that select the same stack. */
import { CONFIG_FILE } from '../config/config.ts';
import { COMMANDS, COMMANDS_WITH_SERVICE, type SecretAction } from './commands.ts';
import type { Options } from './options.ts';

/** The options that select a stack, and the part of the stack that a command works on. */
type StackOptions = Pick<Options, 'stage' | 'target' | 'config'> & {
  readonly name?: string | undefined;
  readonly service?: string | undefined;
  readonly to?: number | undefined;
  readonly action?: SecretAction | undefined;
  readonly secret?: string | undefined;
  readonly count?: number | undefined;
} & Partial<Pick<Options, 'container' | 'follow' | 'since' | 'grep' | 'words' | 'task'>>;

/** Returns the command line that runs a command on the same stack. */
export function commandLine(
  command: string,
  { stage, target, config, name, service, to, action, secret, count, ...ofLogs }: StackOptions,
): string {
  const takesService = command === 'scale' || (COMMANDS_WITH_SERVICE as readonly string[]).includes(command);
  const flags = [
    ...(stage === 'dev' ? [] : [`--stage ${stage}`]),
    ...(target === 'sandbox' ? [] : [`--target ${target}`]),
    ...(config === undefined ? [] : [`--config ${shellWord(config)}`]),
    // Only a teardown can have a name other than the one in the configuration.
    ...(name === undefined || command !== 'teardown' ? [] : [`--name ${name}`]),
    ...(takesService && service !== undefined ? [shellWord(service)] : []),
    ...(command === 'scale' && count !== undefined ? [String(count)] : []),
    ...(command === 'secret' && action !== undefined
      ? [action, ...(secret === undefined ? [] : [secret])]
      : []),
    ...(command === 'rollback' && to !== undefined ? [`--to ${to}`] : []),
    ...(command === 'open' && ofLogs.container !== undefined ? [shellWord(ofLogs.container)] : []),
    ...(command === 'logs' ? logsFlags(ofLogs) : []),
    ...(command === 'run' || command === 'exec' ? commandWords(ofLogs) : []),
  ];
  return [`npm run ${command}`, ...(flags.length === 0 ? [] : ['--', ...flags])].join(' ');
}

/** Returns the options of `logs` that select lines. */
const logsFlags = ({ container, follow, since, grep }: Partial<StackOptions>): string[] => [
  ...(container === undefined ? [] : [shellWord(container)]),
  ...(follow === true ? ['--follow'] : []),
  ...(since === undefined ? [] : [`--since ${shellWord(since)}`]),
  ...(grep === undefined ? [] : [`--grep ${shellWord(grep)}`]),
];

/** Returns the container, the task and the command of `run` or `exec`. Only the first word is shown: the others may be secrets. */
const commandWords = ({ container, task, words = [] }: Partial<StackOptions>): string[] => [
  ...(container === undefined ? [] : [shellWord(container)]),
  ...(task === undefined ? [] : [`--task ${shellWord(task)}`]),
  ...words.slice(0, 1).flatMap((program) => ['--', shellWord(program), ...(words.length > 1 ? ['…'] : [])]),
];

/** Matches a command that works on a stack. */
const COMMAND = new RegExp(`npm run (${COMMANDS.join('|')})\\b( -- )?`, 'g');

/** Quotes a word for a shell, if necessary. */
export const shellWord = (word: string): string =>
  /^[\w./@%+=:,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

/**
 * Adds the flags of a stack to the commands in a piece of advice, and replaces `slipway.config.ts` with the configuration file of
 * the stack.
 */
export const withStackFlags = (advice: string, options: StackOptions): string =>
  advice
    .replace(/(?<= in )slipway\.config\.ts/g, () => options.config ?? CONFIG_FILE)
    .replace(COMMAND, (match: string, ...[name, separator, offset, whole]) => {
      // The advice itself names the service, the revision and the secret.
      const fullCommand = commandLine(String(name), {
        ...options,
        ...{ service: undefined, to: undefined, action: undefined, count: undefined },
        ...{
          container: undefined,
          follow: false,
          since: undefined,
          grep: undefined,
          words: [],
          task: undefined,
        },
      });
      if (String(whole).startsWith(fullCommand, Number(offset))) return match;
      if (separator === undefined) return fullCommand;
      return fullCommand.includes(' -- ') ? `${fullCommand} ` : `${fullCommand}${separator}`;
    });
