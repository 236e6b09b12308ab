/** Finds the cause of a failed deployment. Pure: the rules compare the facts with what AWS reports for each kind of failure. */
import type { Facts } from './facts.ts';
import type { Cause } from './rule.ts';
import { RULES } from './rules/index.ts';

export type { Cause } from './rule.ts';

/** Returns the cause according to the first rule that applies, the most reliable rule first; undefined if none applies. */
export function findCause(facts: Facts): Cause | undefined {
  for (const rule of RULES) {
    const cause = rule(facts);
    if (cause) return cause;
  }
  return undefined;
}
