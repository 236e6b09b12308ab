/** Asks the user to confirm changes on AWS. What is about to change, where, and how long it takes is stated right above. */
import { ask, noTerminal } from './ask.ts';
import type { Target } from '../config/config.ts';
import { commandsWith } from './flags.ts';
import type { Command } from './commands.ts';
import type { CommandContext, CommandResult } from './main.ts';
import { wrappedLines } from './plan/wrap.ts';
import type { Declined, StackInfo } from './results.ts';

/** The facts that are stated right above the question. */
export interface Question {
  readonly command: Command;
  readonly stack: string;
  readonly account: string;
  readonly region: string;
  /** E.g. `33 to create`. */
  readonly counts: string;
  /** Sentences about what the changes interrupt or delete, e.g. `load balancer: requests fail until …`. */
  readonly harm?: readonly string[];
  /** The cost after the changes, e.g. `about $74 per month ($0.101 per hour)`. */
  readonly cost?: string | undefined;
  /** The expected duration, in milliseconds. */
  readonly duration: number;
  /** A note, if this machine has no record of the stack. */
  readonly unknownNote: string | undefined;
  /** The arguments of the command beside its options, for the advice to confirm with `--yes`. */
  readonly words?: string;
  /** Whether the sandbox asks, too, because the stack stops serving requests. */
  readonly stopsServing?: boolean;
}

/**
 * Resolves to whether the changes are confirmed, by a flag or by the answer `yes`. The sandbox needs no confirmation, except
 * before a stack stops serving requests.
 * @throws CONFIRMATION when it is required and there is no terminal
 */
export async function isConfirmed(
  { options, interactive, report, signal, columns }: CommandContext,
  question: Question,
): Promise<boolean> {
  const { command, words, stopsServing = false } = question;
  if (options.yes || (options.target === 'sandbox' && !stopsServing)) return true;
  if (!interactive)
    throw noTerminal(words === undefined ? command : `${command} -- ${words}`, {
      hasPlan: commandsWith('--plan').includes(command),
      stopsServing,
    });
  // Nothing is drawn below the question.
  report({ type: 'activity', text: '' });
  for (const text of wrappedLines(factLines(question, options.target), columns))
    report({ type: 'plan', text });
  return /^yes$/i.test((await ask('Type yes to continue: ', signal)) ?? '');
}

/**
 * Reports that the user has answered no, and returns the result of the command.
 * @param undone what was not done, e.g. `changed`
 */
export function declined(
  { report }: Pick<CommandContext, 'report'>,
  stackInfo: StackInfo,
  undone: 'changed' | 'removed' = 'changed',
): CommandResult<Declined> {
  report({ type: 'phase', text: `nothing was ${undone}` });
  return { exitCode: 0, text: '', json: { ...stackInfo, declined: true } };
}

/** The number of interruptions and losses that are named above the question. */
const MAX_HARM = 5;

/** Returns the facts that are shown right above the question. Pure. */
export function factLines(
  { stack, account, region, counts, duration, harm = [], cost, unknownNote }: Question,
  target: Target = 'aws',
): string[] {
  const more = harm.length - MAX_HARM;
  return [
    '',
    `${stack} on ${target}, account ${account}, ${region}: ${counts}, ${roughDuration(duration)}`,
    ...harm.slice(0, MAX_HARM).map((text) => `  ! ${text}`),
    ...(more > 0 ? [`  ! and ${more} more, as listed above`] : []),
    ...(cost === undefined ? [] : [`  costs ${cost}`]),
    ...(unknownNote === undefined ? [] : [`  ${unknownNote}`]),
  ];
}

/** Formats a number of milliseconds in whole minutes. */
function roughDuration(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  return minutes === 0 ? 'under a minute' : `about ${minutes} min`;
}
