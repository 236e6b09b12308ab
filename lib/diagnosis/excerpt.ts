/** Picks the part of a log that explains why a program ended: the last fatal error with its own stack frames. Pure. */
import { jsonErrors } from './log/json-errors.ts';
import { lastLinesOf, shortLine } from './log/limits.ts';
import { plainErrors } from './log/plain-errors.ts';
import { tracedErrors } from './log/stack-traces.ts';

/** The part of a log that holds an error. */
export interface Excerpt {
  /** The message of the error, in one line; undefined if the log holds no error. */
  readonly headline: string | undefined;
  /** The lines from the one that holds the error, without the frames of the runtime. */
  readonly lines: readonly string[];
  /** The message and its whole trace as one string, for patterns. */
  readonly text: string;
}

/** An error in a log. */
export interface LoggedError {
  /** The index of its line. */
  readonly at: number;
  /** How certainly it ended the program: 3 for a crash, 2 for an error with a trace or a level, 1 for a word such as `failed`. */
  readonly rank: 1 | 2 | 3;
  readonly headline: string;
  readonly lines: readonly string[];
}

const MAX_LINES = 12;
const MAX_LINE_LENGTH = 300;
const MAX_HEADLINE_LENGTH = 200;

/** Many rules read the excerpt of the same log. */
const excerpts = new WeakMap<readonly string[], Excerpt>();

/**
 * Picks the error that ended the program. Lines after it, such as those of a shutdown, are left out.
 * @param log the end of the log, oldest line first
 */
export function excerptOf(log: readonly string[]): Excerpt {
  const excerpt = excerpts.get(log) ?? newExcerpt(log);
  excerpts.set(log, excerpt);
  return excerpt;
}

function newExcerpt(log: readonly string[]): Excerpt {
  const whole = lastLinesOf(log);
  const lines = whole.map(shortLine);
  const errors = [...jsonErrors(whole), ...tracedErrors(lines), ...plainErrors(lines)];
  const [worst] = errors.sort((one, other) => other.rank - one.rank || other.at - one.at);
  if (!worst) return { headline: undefined, lines: lastLines(lines), text: '' };
  return {
    headline: cut(worst.headline.trim(), MAX_HEADLINE_LENGTH),
    lines: worst.lines.slice(0, MAX_LINES).map((line) => cut(line, MAX_LINE_LENGTH)),
    text: [worst.headline, ...worst.lines].join('\n'),
  };
}

/** A log without an error still shows how far the program got. */
const lastLines = (lines: readonly string[]): string[] =>
  lines.filter((line) => line !== '').slice(-MAX_LINES_WITHOUT_ERROR);
const MAX_LINES_WITHOUT_ERROR = 5;

const cut = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 1)}…`;
