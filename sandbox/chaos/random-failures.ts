/** Calls that fail for no reason: some are carried out all the same, and their clients cannot tell which. */
import type { Harm } from './faults.ts';
import { draw } from './seeded-random.ts';
import type { Weather } from './weather.ts';

/** What happens to them, equally often. */
const HARMS: readonly Harm[] = [
  { kind: 'not-done', looks: '500' },
  { kind: 'lost', looks: '500' },
  { kind: 'not-done', looks: 'reset' },
  { kind: 'lost', looks: 'reset' },
];

/** @param nth how many calls there were before, in this weather */
export function gust({ seed, faultRate }: Weather, nth: number): Harm | undefined {
  if (draw(seed, 'gust', nth) >= faultRate) return undefined;
  return HARMS[Math.floor(draw(seed, 'harm', nth) * HARMS.length)];
}
