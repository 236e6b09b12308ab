/** For cases that are many: `npm run sweep` runs them all, `npm test` every third, from another place each time. */
import { test } from '@jest/globals';
import { seedOf } from '../sweep/report.ts';

const EVERY = process.env['SWEEP'] === undefined ? 3 : 1;
const first = seedOf() % EVERY;

/** A test for each case, which begins with its title; those that are not run are skipped, so that their snapshots stay. */
export function testSome<T extends readonly [title: string, ...unknown[]]>(
  cases: readonly T[],
  run: (...one: T) => Promise<void>,
  timeoutMs?: number,
): void {
  for (const [index, one] of cases.entries())
    (index % EVERY === first ? test : test.skip)(one[0], () => run(...one), timeoutMs);
}
