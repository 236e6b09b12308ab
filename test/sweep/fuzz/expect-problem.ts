/** For fuzzing: checks that bad input leads to a problem that a person can read. */
import { expect } from '@jest/globals';
import { Problem, type ProblemCode } from '../../../lib/model/problem.ts';

/** A line of a stack trace. */
const STACK_LINE = /\n\s+at .*[:(]\d+/;

/**
 * Checks that an error is a problem with one of the given codes, with its four parts, and without a stack trace.
 * @param codes the accepted codes
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
