// Lines are printed at the pace of their reader, until the reader closes the stream.
import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import { fitToHeight, outputTo } from '../../../../lib/run/output.ts';

const streamOf = (isTTY: boolean, highWaterMark = 4) =>
  Object.assign(new PassThrough({ highWaterMark }), { isTTY }) as unknown as NodeJS.WriteStream & PassThrough;

test.each([
  [true, undefined, true],
  [true, '1', false],
  [true, '', false],
  [false, undefined, false],
])('a terminal: %s, NO_COLOR: %s, so colours: %s', (isTTY, noColour, colour) => {
  expect(outputTo(streamOf(isTTY), noColour).colour).toBe(colour);
});

test('a write waits until a slow reader has taken enough', async () => {
  const stream = streamOf(false);
  let isWritten = false;
  const written = outputTo(stream, undefined)
    .write('a long line\n')
    .then(() => (isWritten = true));
  await new Promise((later) => setImmediate(later));
  expect(isWritten).toBe(false);
  expect(String(stream.read())).toBe('a long line\n');
  await written;
});

test('a write ends when the reader closes the stream, and later ones do nothing', async () => {
  const stream = streamOf(false);
  const output = outputTo(stream, undefined);
  const written = output.write('a long line\n');
  stream.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
  await written;
  expect(output.closed.aborted).toBe(true);
  await output.write('more');
});

test('a watched output is closed as soon as its reader is gone, although nothing is written', () => {
  let leave = () => undefined as void;
  let isWatched = false;
  const output = outputTo(streamOf(false), undefined, (onClosed) => {
    leave = onClosed;
    isWatched = true;
    return () => (isWatched = false);
  });
  expect(isWatched).toBe(false);
  const endWatch = output.watch();
  leave();
  expect(output.closed.aborted).toBe(true);
  endWatch();
  expect(isWatched).toBe(false);
});

test('lines that do not fit on the terminal are cut off at the end, and says how much is missing', () => {
  const lines = (count: number) => Array.from({ length: count }, (_, index) => `line ${index}`).join('\n');
  expect(fitToHeight(lines(9), 80, 10)).toBe(lines(9));
  expect(fitToHeight(lines(12), 80, 10)).toBe(`${lines(8)}\n… 4 more lines`);
  expect(fitToHeight(`${'x'.repeat(50)}\n${lines(3)}`, 10, 8)).toBe(
    `${'x'.repeat(50)}\nline 0\n… 2 more lines`,
  );
});
