// Output is split into lines as a log driver does.
import { expect, test } from '@jest/globals';
import { MAX_LINE_BYTES, makeLineSplitter } from '../../../sandbox/runtime/lines.ts';

function split(...chunks: (string | Buffer)[]): string[] {
  const lines: string[] = [];
  const splitter = makeLineSplitter((line) => lines.push(line));
  for (const chunk of chunks) splitter.write(Buffer.from(chunk));
  splitter.end();
  return lines;
}

test('lines are delivered complete, however the output is split into chunks', () => {
  expect(split('on', 'e\ntw', 'o\n\nthr', 'ee\n')).toEqual(['one', 'two', '', 'three']);
});

test('a last line without a newline is delivered at the end', () => {
  expect(split('one\ntwo')).toEqual(['one', 'two']);
});

test('a character that is split between chunks is delivered intact', () => {
  const euro = Buffer.from('€');
  expect(split(euro.subarray(0, 1), euro.subarray(1), '\n')).toEqual(['€']);
});

test('a line of exactly the maximum length stays in one piece', () => {
  const line = 'x'.repeat(MAX_LINE_BYTES);
  expect(split(`${line}\n`)).toEqual([line]);
  expect(split(line, '\n')).toEqual([line]);
});

test('a line above the maximum length is delivered in pieces that never split a character', () => {
  const line = '€'.repeat(12_000);
  const pieces = split(`${line}\nshort\n`);
  expect(pieces.pop()).toBe('short');
  expect(pieces.length).toBeGreaterThan(1);
  for (const piece of pieces) expect(Buffer.byteLength(piece)).toBeLessThanOrEqual(MAX_LINE_BYTES);
  expect(pieces.join('')).toBe(line);
});
