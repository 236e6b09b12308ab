// Each of the 40 failure modes in docs/aws-semantics.md has either a test or a reason why it cannot happen to Slipway.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { cannotHappen } from './not-applicable.ts';

const MODE_COUNT = 40;

const sources = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.test.ts') && file !== basename(import.meta.filename))
  .map((file) => readFileSync(join(import.meta.dirname, file), 'utf8'));

/** Returns the numbers of the failure modes that have a test. The title of such a test starts with the number. */
const testedModes = (): number[] =>
  sources
    .flatMap((text) => [...text.matchAll(/^(?:test|\]\))\(\s*['"`](\d+): /gm)])
    .map(([, number]) => Number(number));

test('no test is skipped, postponed or focused', () => {
  for (const text of sources)
    expect(text).not.toMatch(/\b(test|describe|it)\.(?!each\()|\bx(test|it|describe)\b/);
});

test('every failure mode has a test or a reason', () => {
  const numbers = [...testedModes(), ...Object.keys(cannotHappen).map(Number)];
  const allModes = Array.from({ length: MODE_COUNT }, (_, index) => index + 1);
  expect(numbers.sort((one, other) => one - other)).toEqual(allModes);
});
