/** For fuzzing: what may come of bad input. A problem that a person can read, and nothing else but success. */
import { expect } from '@jest/globals';
import { Problem, type ProblemCode } from '../../../lib/model/problem.ts';

/** A line of a stack. */
const STACK_LINE = /\n\s+at .*[:(]\d+/;

/**
 * Checks that an error is a problem with its four parts, that it was foreseen, and that it is short enough to be read.
 * @param codes those that it may have
 */
export function expectProblem(error: unknown, codes: readonly ProblemCode[]): void {
  if (!(error instanceof Problem)) throw error;
  const { code, what, why, now, fix } = error;
  expect(codes).toContain(code);
  for (const part of [what, why, now, ...fix]) {
    expect(part.trim()).not.toBe('');
    expect(part).not.toMatch(STACK_LINE);
  }
  expect(fix.length).toBeGreaterThan(0);
}
