/** A problem: an error that says what happened, why, what is true now, and what to do. */

/** The codes of all problems; `docs/problems.md` explains each, and a test keeps the two the same. */
export const PROBLEM_CODES = [
  'ARGUMENTS',
  'CONFIG_MISSING',
  'CONFIG_LOAD',
  'CONFIG_INVALID',
  'STATE_CORRUPT',
  'STATE_NEWER',
  'STATE_FOREIGN',
  'STATE_UNWRITABLE',
  'LOCKED',
  'CREDENTIALS',
  'REGION',
  'ENDPOINT',
  'SANDBOX_PORT',
  'SANDBOX_START',
  'SANDBOX_STOP',
  'BUNDLE',
  'BUILDER',
  'FOREIGN',
  'ZONE',
  'REFUSED',
  'QUOTA',
  'ACCESS_DENIED',
  'CREDENTIALS_EXPIRED',
  'TIMEOUT',
  'FAILED_STATE',
  'DEPLOYMENT',
  'UNHEALTHY',
  'UNANSWERED',
  'LEFTOVERS',
  'CONFIRMATION',
  'INTERRUPTED',
  'STEPS_FAILED',
  'UNEXPECTED',
] as const;
export type ProblemCode = (typeof PROBLEM_CODES)[number];

/** The four parts of a problem. */
export interface ProblemParts {
  /** What happened, in one sentence. */
  readonly what: string;
  /** Why. */
  readonly why: string;
  /** What is true now. */
  readonly now: string;
  /** What to do, most likely first; commands as they are typed. */
  readonly fix: readonly string[];
  readonly cause?: unknown;
}

/** An error to be shown to a person as it is. Anything else that is thrown is a mistake of ours. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly what: string;
  readonly why: string;
  readonly now: string;
  readonly fix: readonly string[];

  constructor(code: ProblemCode, { what, why, now, fix, cause }: ProblemParts) {
    super(`${what} ${why}`, cause === undefined ? undefined : { cause });
    this.name = 'Problem';
    this.code = code;
    this.what = what;
    this.why = why;
    this.now = now;
    this.fix = fix;
  }
}

/** Makes a problem, to be thrown. */
export const problem = (code: ProblemCode, parts: ProblemParts): Problem => new Problem(code, parts);

/** Whether an error is a problem of one of these kinds. */
export const isProblem = (error: unknown, ...codes: readonly ProblemCode[]): error is Problem =>
  error instanceof Problem && codes.includes(error.code);

/** The sentence for «nothing happened yet», which most refusals before any call can say. */
export const NOTHING_TOUCHED = 'Nothing was changed.';
