/** Random failures of calls. Some failed calls still take effect, and the client cannot tell which. */
import type { Failure } from './faults.ts';
import { seededRandom } from './seeded-random.ts';
import type { Weather } from './weather.ts';

/** The possible failures, equally likely. */
const FAILURES: readonly Failure[] = [
  { kind: 'not-done', looks: '500' },
  { kind: 'lost', looks: '500' },
  { kind: 'not-done', looks: 'reset' },
  { kind: 'lost', looks: 'reset' },
];

/**
 * Returns the failure to inject into a call; undefined when the call does not fail.
 * @param callIndex the number of earlier calls in this weather
 */
export function randomFailure({ seed, faultRate }: Weather, callIndex: number): Failure | undefined {
  if (seededRandom(seed, 'gust', callIndex) >= faultRate) return undefined;
  return FAILURES[Math.floor(seededRandom(seed, 'harm', callIndex) * FAILURES.length)];
}
