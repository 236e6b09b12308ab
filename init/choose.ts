/** Decides what the files leave open: asks at a terminal, and elsewhere takes the most likely answer and reports it. */
import { ask } from '../lib/run/ask.ts';
import type { CommandContext } from '../lib/run/main.ts';

/** A question with its possible answers. */
export interface OpenQuestion {
  readonly question: string;
  /** The possible answers; `port` for any port. */
  readonly choices: readonly string[] | 'port';
  /** The most likely answer. */
  readonly guess: string;
}

export type Choose = (open: OpenQuestion) => Promise<string>;

/** Returns a function that decides for the user of a command. */
export const chooseFor =
  ({
    interactive,
    report,
    signal,
    options,
  }: Pick<CommandContext, 'interactive' | 'report' | 'signal' | 'options'>): Choose =>
  async (open) => {
    if (interactive && !options.yes) return askUntilValid(open, signal);
    report({ type: 'warning', text: `${open.question} Assumed: ${open.guess}.` });
    return open.guess;
  };

async function askUntilValid(open: OpenQuestion, signal: AbortSignal): Promise<string> {
  for (;;) {
    const answer = await ask(openQuestionText(open), signal);
    const chosen = answerIn(open, answer ?? '');
    if (chosen !== undefined) return chosen;
  }
}

/** Formats a question, with numbered choices unless they are short. Pure. */
export function openQuestionText({ question, choices, guess }: OpenQuestion): string {
  if (choices === 'port') return `${question} [${guess}] `;
  const isShort = choices.join().length < 30;
  if (isShort) return `${question} (${choices.join(', ')}) [${guess}] `;
  const lines = choices.map((choice, index) => `  ${index + 1}  ${choice}`);
  return [question, ...lines, `[${choices.indexOf(guess) + 1}] `].join('\n');
}

/** Returns the choice that an answer means, by its number, its words or its beginning; undefined if it means none. Pure. */
export function answerIn({ choices, guess }: OpenQuestion, answer: string): string | undefined {
  if (answer === '') return guess;
  if (choices === 'port')
    return /^\d{1,5}$/.test(answer) && Number(answer) > 0 && Number(answer) < 65_536 ? answer : undefined;
  const matching = choices.filter((choice) => choice.toLowerCase().startsWith(answer.toLowerCase()));
  return (
    choices.find((choice) => choice === answer) ??
    choices[Number(answer) - 1] ??
    (matching.length === 1 ? matching[0] : undefined)
  );
}
