// The wrapper of a command runs in a real shell: words arrive as they are, input byte by byte, and the exit code is reported.
import { spawnSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { END_OF_INPUT, inputLines, remoteCommand } from '../../../exec/remote-command.ts';
import { makeOutputReader } from '../../../exec/reported-code.ts';

const TOKEN = 'slipway-test';

/** Runs a command as the agent does, without a terminal. */
function run(words: readonly string[], input?: Uint8Array) {
  const { line } = remoteCommand({ words, isTyped: false, hasInput: input !== undefined, token: TOKEN });
  const { stdout } = spawnSync('sh', ['-c', line], { input: input && inputLines(input) + END_OF_INPUT });
  return makeOutputReader(TOKEN).read(stdout);
}

test('words reach the program as they are', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.string().filter((text) => !text.includes('\0')),
        { minLength: 1, maxLength: 4 },
      ),
      (words) => {
        const { output, exitCode } = run(['printf', '%s\\n', ...words]);
        expect([output.toString(), exitCode]).toEqual([words.map((word) => `${word}\n`).join(''), 0]);
      },
    ),
    { numRuns: 20 },
  );
});

test('every byte of the input arrives', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 9000 }), (bytes) => {
      expect(Buffer.compare(run(['cat'], bytes).output, bytes)).toBe(0);
    }),
    { numRuns: 20 },
  );
  expect(inputLines(Buffer.from('a\\b\n\xff', 'latin1'))).toBe(':a\\0134b\\0012\\0377\n');
  for (const line of inputLines(Buffer.alloc(10_000, 0xff)).split('\n'))
    expect(line.length).toBeLessThan(4095);
});

test.each([0, 3, 255])('the exit code %i is reported', (code) => {
  expect(run(['sh', '-c', `exit ${code}`]).exitCode).toBe(code);
  expect(run(['sh', '-c', `exit ${code}`], Buffer.from('unread'.repeat(1000))).exitCode).toBe(code);
});

test('a program that is missing or killed has the code of a shell', () => {
  expect(run(['no-such-program']).exitCode).toBe(127);
  expect(run(['sh', '-c', 'kill -9 $$']).exitCode).toBe(137);
});

test('without words, a shell starts', () => {
  const { line } = remoteCommand({ words: [], isTyped: true, hasInput: false, token: TOKEN });
  expect(line).toContain('then bash; else sh; fi');
});
