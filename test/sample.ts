/** For cases that are many: `npm run sweep` runs them all, `npm test` every third, from another place each time. */
import { basename } from 'node:path';
import { expect, test } from '@jest/globals';

/** The seed of what is chosen at random: another one each time, or the one that SEED says. */
export const randomSeed = (): number => Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));

const EVERY = process.env['SWEEP'] === undefined ? 3 : 1;

/** Where to begin: not with one seed at the same place in all files, which may have the same cases. */
const first = () => (randomSeed() + basename(expect.getState().testPath ?? '').length) % EVERY;

/** A test for each case, which begins with its title; those that are not run are skipped, so that their snapshots stay. */
export function testSample<T extends readonly [title: string, ...unknown[]]>(
  cases: readonly T[],
  run: (...one: T) => Promise<void>,
  timeoutMs?: number,
): void {
  const from = first();
  for (const [index, one] of cases.entries())
    (index % EVERY === from ? test : test.skip)(one[0], () => run(...one), timeoutMs);
}
