/** Problems with arguments: each names what is wrong and what the choices are. */
import { distance } from 'fastest-levenshtein';
import { NOTHING_CHANGED, problem, type Problem } from '../model/problem.ts';
import { commandsWith } from './flags.ts';

/** The maximum number of edits between a word and the choice that the user probably meant. */
const MAX_EDITS = 2;

/**
 * Converts a message of commander to a problem. Three examples of messages are
 * `error: unknown option '--paln'\n(Did you mean --plan?)`, `error: option '--stage <name>' argument missing` and
 * `error: option '--target <target>' argument 'mars' is invalid. Allowed choices are sandbox, aws.`.
 */
export function badArguments(command: string, message: string): Problem {
  const [, unknown = '', hint = ''] = /^error: unknown option '([^']*)'(?:\n\((.*)\))?/.exec(message) ?? [];
  if (unknown) return unknownOption(command, unknown, hint);
  const [, option = '', value, choices] =
    /^error: option '(--[\w-]+) [^']*' argument (?:'(.*)' is invalid\. Allowed choices are (.*)\.|missing)$/s.exec(
      message,
    ) ?? [];
  if (value && choices) return noSuchChoice(command, option, value, choices.split(', '));
  if (option) return missingValue(command, option);
  const [what = ''] = message.replace(/^error: /, '').split('\n');
  return argumentsProblem(
    command,
    `${what.charAt(0).toUpperCase()}${what.slice(1)}.`,
    'The command cannot be run with these arguments.',
  );
}

function unknownOption(command: string, option: string, hint: string): Problem {
  const otherCommands = commandsWith(option.split('=')[0] ?? option);
  const why = otherCommands.length > 0 ? `It is an option of ${listText(otherCommands)}.` : hint;
  return argumentsProblem(
    command,
    `${command} has no option ${option}.`,
    why || 'Its options are listed by --help.',
  );
}

/** @param option e.g. `--target` */
function noSuchChoice(command: string, option: string, value: string, choices: readonly string[]): Problem {
  const optionName = option.replace(/^--/, '');
  const meant = choices.find((choice) => distance(choice, value) <= MAX_EDITS);
  const mayBeStage = option === '--target' && meant === undefined && /^[a-z][a-z0-9]*$/.test(value);
  const hints = [
    ...(meant === undefined ? [] : [`Did you mean ${meant}?`]),
    ...(mayBeStage ? [`A stage is selected with --stage ${value}.`] : []),
  ];
  const why = [`The ${optionName}s are ${listText(choices)}.`, ...hints].join(' ');
  return argumentsProblem(command, `'${value}' is not a ${optionName}.`, why);
}

/** The problem with an option that has no value, or an empty one, as in `--stage "$UNSET"`. */
export const missingValue = (command: string, option: string): Problem =>
  argumentsProblem(command, `${option} has no value.`, `A value follows it: ${option} VALUE.`);

/** The problem with --events, which chooses between two forms of --json. */
export const eventsWithoutJson = (command: string): Problem =>
  argumentsProblem(
    command,
    '--events needs --json.',
    'Without --json, the events are shown as text, and there is nothing to choose.',
  );

/** The problem with `npm run deploy` without a service. */
export const missingService = (): Problem =>
  problem('ARGUMENTS', {
    what: 'deploy needs the name of a service.',
    why: 'It provisions one service only.',
    now: NOTHING_CHANGED,
    fix: ['npm run deploy -- SERVICE', 'or npm run provision, for all services'],
  });

/** The problem with a `--to` that is not the number of a revision. */
export const invalidRevision = (value: string): Problem =>
  argumentsProblem('rollback', `'${value}' is not a revision.`, 'A revision is a whole number, such as 4.');

/**
 * The problem with an argument that is not an option.
 * @param taken what the command takes one of; undefined if it takes only options
 */
export function excessArgument(
  command: string,
  argument: string,
  taken?: 'service' | 'container' | 'saved plan',
): Problem {
  if (taken !== undefined)
    return argumentsProblem(
      command,
      `${command} takes one ${taken}, but ${argument} is a second argument.`,
      'Options begin with --.',
    );
  const meant = /^(sandbox|aws)$/.test(argument)
    ? `--target ${argument}`
    : /[./\\]/.test(argument)
      ? `--config ${argument}`
      : `--stage ${argument}`;
  return argumentsProblem(
    command,
    `${command} takes only options, and ${argument} is not one.`,
    `Did you mean ${meant}?`,
  );
}

/** The problem with a `--since` that is not a time. */
export const invalidSince = (command: string, value: string): Problem =>
  argumentsProblem(
    command,
    `'${value}' is not a time.`,
    'A time is a period before now, such as 30s, 10m, 2h or 1d, or a time in ISO 8601, such as 2026-03-01T12:00:00Z.',
  );

/**
 * The problem with a container that does not exist.
 * @param known the names of all services and containers that a user may type
 */
export function unknownContainer(container: string, known: readonly string[]): Problem {
  const nearest = nearestOf(container, known);
  return problem('ARGUMENTS', {
    what: `There is no container or service ${container}.`,
    why: [
      `The names are ${known.join(', ')}.`,
      ...(nearest === undefined ? [] : [`Did you mean ${nearest}?`]),
    ].join(' '),
    now: NOTHING_CHANGED,
    fix: ['Name one of these, or add the container to slipway.config.ts.'],
  });
}

/** The problem with a name that several containers have. @param names their full names */
export const ambiguousContainer = (container: string, names: readonly string[]): Problem =>
  problem('ARGUMENTS', {
    what: `${container} is more than one container.`,
    why: `It can be ${names.join(' or ')}.`,
    now: NOTHING_CHANGED,
    fix: [`Name one of them, such as ${names[0]}.`],
  });

/** The problem with a command that lacks its container. */
export const missingContainer = (command: string): Problem =>
  problem('ARGUMENTS', {
    what: `${command} needs the name of a container.`,
    why: 'Everything after -- is the command, and reaches the program as it is. npm itself takes the first --.',
    now: NOTHING_CHANGED,
    fix: [`npm run ${command} -- CONTAINER -- node script.js`],
  });

/** The problem with `run` without a command. */
export const missingCommand = (command: string): Problem =>
  problem('ARGUMENTS', {
    what: `${command} needs a command after --.`,
    why: 'Everything after -- is the command, and reaches the program as it is. npm itself takes the first --.',
    now: NOTHING_CHANGED,
    fix: [`npm run ${command} -- CONTAINER -- node script.js`],
  });

/** The problem with a shell whose input and output are not one terminal. @param isJson whether the result goes to a script */
export const shellNeedsTerminal = (isJson: boolean): Problem =>
  problem('ARGUMENTS', {
    what: 'exec needs a command after --, or a terminal for a shell.',
    why: isJson
      ? 'With --json no one types, so a shell would wait without an end.'
      : 'Standard input and standard output are not both a terminal, so no one could type.',
    now: NOTHING_CHANGED,
    fix: [
      'npm run exec -- CONTAINER -- node script.js',
      'or run it at a terminal, without a pipe, for a shell',
    ],
  });

/** Returns the name that a user probably meant; undefined if none is near. */
function nearestOf(name: string, known: readonly string[]): string | undefined {
  const [nearest] = [...known].sort((a, b) => distance(a, name) - distance(b, name));
  return nearest !== undefined && distance(nearest, name) <= Math.max(2, name.length / 3)
    ? nearest
    : undefined;
}

/** The problem with a service that does not exist. @param known the names of all services */
export function unknownService(service: string, known: readonly string[]): Problem {
  const nearest = nearestOf(service, known);
  return problem('ARGUMENTS', {
    what: `There is no service ${service}.`,
    why: [
      `The services are ${known.join(', ')}.`,
      ...(nearest === undefined ? [] : [`Did you mean ${nearest}?`]),
    ].join(' '),
    now: NOTHING_CHANGED,
    fix: ['Name one of these services, or add the service to slipway.config.ts.'],
  });
}

/** The problem with arguments, which refers to the help of the command. */
export const argumentsProblem = (command: string, what: string, why: string): Problem =>
  problem('ARGUMENTS', {
    what,
    why,
    now: NOTHING_CHANGED,
    fix: [`npm run ${command} -- --help, to see its options`],
  });

/** Lists words, e.g. `auto, bundle and docker`. */
const listText = (words: readonly string[]): string =>
  new Intl.ListFormat('en-GB', { type: 'conjunction' }).format(words);
