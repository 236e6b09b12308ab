/** Problems: errors that tell a user what happened, why, what the state is now, and how to fix it. */

/** The codes of all problems. `docs/problems.md` explains each; a test compares the two lists. */
export const PROBLEM_CODES = [
  'ARGUMENTS',
  'CONFIG_MISSING',
  'CONFIG_LOAD',
  'CONFIG_INVALID',
  'CONFIG_UNWRITABLE',
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
  'NO_PROGRAM',
  'SEVERAL_PROGRAMS',
  'BUILDER',
  'BASE_IMAGE',
  'DISK_FULL',
  'CACHE_FOLDER',
  'PACKAGE',
  'FOREIGN',
  'OTHER_PROJECT',
  'BLOCKED',
  'ZONE',
  'ALARM',
  'SECRET',
  'CERTIFICATE',
  'LOAD_BALANCER',
  'ROLE',
  'BUCKET',
  'WEB_ACL',
  'SURROUNDINGS',
  'REFUSED',
  'QUOTA',
  'ACCESS_DENIED',
  'CREDENTIALS_EXPIRED',
  'TIMEOUT',
  'FAILED_STATE',
  'DEPLOYMENT',
  'RELEASE',
  'TASK',
  'NOT_DEPLOYED',
  'HEALTH_PATH',
  'NO_HISTORY',
  'NO_LOG',
  'EXEC_NO_TASK',
  'EXEC_NOT_ENABLED',
  'EXEC_NO_AGENT',
  'EXEC_ENDED',
  'NOT_DEPLOYED',
  'NO_ADDRESS',
  'SCALE_REFUSED',
  'ROLLBACK_REFUSED',
  'IMAGE',
  'UNHEALTHY',
  'UNANSWERED',
  'LEFTOVERS',
  'PLAN_FILE',
  'PLAN_CHANGED',
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
  /** Why it happened. */
  readonly why: string;
  /** What the state is now. */
  readonly now: string;
  /** The possible fixes, the most likely first. Commands are written as a user types them. */
  readonly fix: readonly string[];
  readonly cause?: unknown;
}

/** An error that is shown to users as it is. Any other error that reaches them is a bug in Slipway. */
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

/** Makes a problem to throw. */
export const problem = (code: ProblemCode, parts: ProblemParts): Problem => new Problem(code, parts);

/** Whether an error is a problem with one of these codes. */
export const isProblem = (error: unknown, ...codes: readonly ProblemCode[]): error is Problem =>
  error instanceof Problem && codes.includes(error.code);

/** The `now` of problems that end a command after it may have changed something. @param command e.g. `npm run provision` */
export const nowAfter = (command: string): string =>
  command.startsWith('npm run teardown')
    ? 'Everything removed so far is gone; the rest is recorded.'
    : 'Everything created so far is kept and recorded.';

/** The `now` of problems that occur before anything was changed. */
export const NOTHING_CHANGED = 'Nothing was changed.';
