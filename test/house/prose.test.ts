/** Plain English: comments, strings, test titles and documents avoid the habits that make a reader stop. */
import { describe, expect, test } from '@jest/globals';
import { FILES } from './files.ts';
import { HABITS, OPENING_HABITS, type Habit } from './habits.ts';
import { fragmentsOf, type Fragment } from './prose.ts';

/** Files that quote the habits or AWS. */
const EXEMPT = ['test/house/habits.ts', 'test/house/prose.test.ts', 'docs/aws-semantics.md', 'LICENSE'];

const fragments = FILES.filter((file) => !EXEMPT.includes(file)).flatMap(fragmentsOf);

const matchesOf = ({ pattern }: Habit, among: readonly Fragment[]): string[] =>
  among
    .filter(({ words }) => pattern.test(words))
    .map(({ file, line, words }) => `${file}:${line} ${excerpt(words, pattern)}`);

/** Returns the match and some words around it. */
function excerpt(words: string, pattern: RegExp): string {
  const index = pattern.exec(words)?.index ?? 0;
  return words.slice(Math.max(0, index - 40), index + 60).trim();
}

describe('prose', () => {
  test.each(HABITS)('no prose contains $name; better: $better', (habit) => {
    expect(matchesOf(habit, fragments)).toEqual([]);
  });

  test.each(OPENING_HABITS)(
    'no doc comment of a file or an export opens with $name; better: $better',
    (habit) => {
      expect(
        matchesOf(
          habit,
          fragments.filter(({ isPurpose }) => isPurpose),
        ),
      ).toEqual([]);
    },
  );

  test.each([
    ['// A comment of ours.', '"of ours"'],
    ["const message = 'It is told.';", '"told"'],
    ['const zones = `one ${1} a zone, one a zone`;', '"a" for "per"'],
  ])('the rules find the habit in %j', (line, name) => {
    expect(HABITS.filter(({ pattern }) => pattern.test(line)).map((habit) => habit.name)).toEqual([name]);
  });
});
