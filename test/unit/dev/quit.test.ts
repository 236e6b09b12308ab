// Quitting dev: q or Ctrl-C at a terminal, a line with q from a program, or a signal; the terminal is given back.
import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import { onQuit, type Input } from '../../../dev/quit.ts';

const never = new AbortController().signal;

/** An input with the raw modes that were set. */
function input(isTTY: boolean) {
  const modes: boolean[] = [];
  const stream = Object.assign(new PassThrough(), {
    isTTY,
    setRawMode: (mode: boolean) => void modes.push(mode),
  });
  return { stream, source: stream as unknown as Input, modes };
}

const typed = async (isTTY: boolean, text: string) => {
  const { stream, source } = input(isTTY);
  const { signal, stop } = onQuit(source, never);
  stream.write(text);
  await new Promise((resolve) => setImmediate(resolve));
  stop();
  return signal.aborted;
};

test.each(['q', 'Q', '\u0003'])('the key %j quits at a terminal', async (key) => {
  expect(await typed(true, key)).toBe(true);
});

test.each([
  ['x', true],
  ['question\n', false],
])('%j does not quit', async (text, isTTY) => {
  expect(await typed(isTTY, text)).toBe(false);
});

test('a line with q quits without a terminal', async () => {
  expect(await typed(false, 'x\nq\n')).toBe(true);
});

test('a signal quits', () => {
  const interrupt = new AbortController();
  const { signal, stop } = onQuit(input(false).source, interrupt.signal);
  interrupt.abort();
  expect(signal.aborted).toBe(true);
  stop();
});

test('the terminal is in raw mode only until the end', () => {
  const { source, modes } = input(true);
  const { stop } = onQuit(source, never);
  expect(modes).toEqual([true]);
  stop();
  expect(modes).toEqual([true, false]);
});
