/** Checks: each runs concurrently with the others, has a deadline, and fails alone. */
import { explain, type Situation } from '../lib/aws/explain.ts';
import { withDeadline } from '../lib/aws/deadline.ts';
import { isAccessDenied, isUnimplemented, messageOf } from '../lib/aws/errors.ts';
import type { CheckState, DoctorCheck } from '../lib/run/doctor-results.ts';

/** The finding of a check. */
export interface Verdict {
  readonly state: CheckState;
  readonly text: string;
  readonly fix?: readonly string[];
  /** The part of the check, if it has several verdicts. */
  readonly name?: string;
}

export const ok = (text: string): Verdict => ({ state: 'ok', text });
export const skipped = (text: string): Verdict => ({ state: 'skipped', text });
export const no = (text: string, ...fix: readonly string[]): Verdict => ({ state: 'no', text, fix });
export const warning = (text: string, ...fix: readonly string[]): Verdict => ({
  state: 'warning',
  text,
  fix,
});

/** A check to run. */
export interface Check {
  readonly group: string;
  readonly name: string;
  /** Milliseconds until it is given up, if it takes longer than others. */
  readonly deadlineMs?: number;
  run(signal: AbortSignal): Promise<Verdict | readonly Verdict[]>;
}

/** Ends a check that needs what another check did not find. */
export class NeedsOther extends Error {}

/** Ends a check that has not ended in time. */
class Overdue extends Error {}

/** Milliseconds until a check is given up. */
const DEADLINE_MS = 15_000;

/** The circumstances in which checks run. */
export interface Circumstances {
  readonly situation: Situation;
  readonly signal: AbortSignal;
  /** Hides secrets in the words of others. */
  readonly redact: (text: string) => string;
  /** Milliseconds until a check is given up; 15 s by default. */
  readonly deadlineMs?: number;
}

/**
 * Runs all checks concurrently.
 * @returns the outcomes, in the order of the checks
 * @throws the signal's reason
 */
export async function runChecks(
  checks: readonly Check[],
  circumstances: Circumstances,
): Promise<DoctorCheck[]> {
  const outcomes = await Promise.all(
    checks.map(async (check) => ({ check, verdicts: await verdictsOf(check, circumstances) })),
  );
  circumstances.signal.throwIfAborted();
  const { redact } = circumstances;
  return outcomes.flatMap(({ check: { group, name }, verdicts }) =>
    verdicts.map(({ state, text, fix = [], name: part = name }): DoctorCheck => ({
      ...{ group, name: part, state },
      text: redact(text),
      fix: fix.map(redact),
    })),
  );
}

async function verdictsOf(
  check: Check,
  { situation, signal, deadlineMs = DEADLINE_MS }: Circumstances,
): Promise<readonly Verdict[]> {
  const limitMs = check.deadlineMs ?? deadlineMs;
  try {
    const verdict = await withDeadline(check.name, limitMs, signal, (limited) =>
      settledOrAborted(check.run(limited), limited),
    );
    return [verdict].flat();
  } catch (error) {
    if (error instanceof NeedsOther) return [skipped(error.message)];
    if (isAccessDenied(error)) return [skipped(`the caller may not look it up: ${messageOf(error)}`)];
    if (isUnimplemented(error)) return [skipped(`this endpoint cannot tell: ${messageOf(error)}`)];
    if (error instanceof Error && error.cause instanceof Overdue)
      return [
        no(
          `There was no answer within ${limitMs / 1000} s.`,
          'Check the network connection, and run the command again.',
        ),
      ];
    const { what, why, fix } = explain(error, situation);
    return [no(`${what} ${why}`, ...fix.filter((line) => !line.startsWith(situation.command)))];
  }
}

/** Settles with a promise, or rejects when the signal is aborted, even if the work does not listen to the signal. */
const settledOrAborted = <T>(work: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const stop = () => reject(new Overdue('aborted'));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject);
  });
