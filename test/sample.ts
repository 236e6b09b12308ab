/** For long lists of cases: `npm run sweep` runs all of them; `npm test` runs every sixth, with a different offset each time. */
import { basename } from 'node:path';
import { expect, test } from '@jest/globals';

/** Returns the seed of random choices: SEED, or a new one each time. */
export const randomSeed = (): number => Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));

const STRIDE = process.env['SWEEP'] === undefined ? 6 : 1;

/** The index of the first case to run. It varies by seed, and also by file, since several files may have the same cases. */
const firstIndex = () => (randomSeed() + basename(expect.getState().testPath ?? '').length) % STRIDE;

/**
 * Declares one test for each case. The first element of a case is the title of the test. Cases outside the sample are
 * skipped, not left out, so that jest does not report their snapshots as obsolete.
 */
export function testSample<T extends readonly [title: string, ...unknown[]]>(
  cases: readonly T[],
  run: (...testCase: T) => Promise<void>,
  timeoutMs?: number,
): void {
  const offset = firstIndex();
  for (const [index, testCase] of cases.entries())
    (index % STRIDE === offset ? test : test.skip)(testCase[0], () => run(...testCase), timeoutMs);
}
