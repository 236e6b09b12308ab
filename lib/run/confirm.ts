/** Asks the user to confirm changes on AWS. The question itself states what is about to change, where, and how long it takes. */
import { ask, noTerminal } from './ask.ts';
import type { Target } from '../config/config.ts';
import { commandsWith, type Command } from './flags.ts';
import type { CommandContext } from './main.ts';

/** The facts that the question states. */
export interface Question {
  readonly command: Command;
  readonly stack: string;
  readonly account: string;
  readonly region: string;
  /** E.g. `33 to create`. */
  readonly counts: string;
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
  { options, interactive, report, signal }: CommandContext,
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
  return /^yes$/i.test((await ask(questionText(question, options.target), signal)) ?? '');
}

/** Formats a question as one line. Pure. */
export const questionText = (
  { stack, account, region, counts, duration, unknownNote }: Question,
  target: Target = 'aws',
): string =>
  [
    `${stack} on ${target}, account ${account}, ${region}: ${counts}, ${roughDuration(duration)}`,
    ...(unknownNote === undefined ? [] : [unknownNote]),
    'Type yes to continue: ',
  ].join('. ');

/** Formats a number of milliseconds in whole minutes. */
function roughDuration(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  return minutes === 0 ? 'under a minute' : `about ${minutes} min`;
}
