// A command line is split into words as a shell does it.
import { spawnSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { wordsOf } from '../../../sandbox/session/words.ts';

test.each([
  ['', []],
  ['  ls  -l ', ['ls', '-l']],
  [`sh -c 'echo "a b"'`, ['sh', '-c', 'echo "a b"']],
  [`a'b'"c"\\ d`, ['abc d']],
  [`'' ""`, ['', '']],
  [`"a\\"b\\c"`, ['a"b\\c']],
  [`'it'\\''s'`, ["it's"]],
])('%s', (line, words) => {
  expect(wordsOf(line)).toEqual(words);
});

test('a quote that is not closed is an error', () => {
  expect(() => wordsOf(`sh -c 'echo`)).toThrow('not closed');
});

test('words are split as a shell splits them', () => {
  const lines = fc
    .array(fc.constantFrom('a', 'b', ' ', "'x y'", '"x y"', '\\ ', "\\'", '"\\""', "''", '"it\'s"', '.'))
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(lines, (line) => {
      const { stdout } = spawnSync('sh', ['-c', `for word in ${line}; do printf '<%s>' "$word"; done`]);
      expect(
        wordsOf(line)
          .map((word) => `<${word}>`)
          .join(''),
      ).toBe(stdout.toString());
    }),
    { numRuns: 30 },
  );
});
