// The value of a secret: read from another program or from a terminal, and refused if it cannot be stored.
import { PassThrough, Readable, Writable } from 'node:stream';
import { expect, test } from '@jest/globals';
import { isProblem } from '../../../lib/model/problem.ts';
import { readSecretValue } from '../../../secret/value.ts';

const signal = new AbortController().signal;
const readFrom = (...chunks: (string | Buffer)[]) => readSecretValue('A', Readable.from(chunks), signal);

test.each<[string, string[], string]>([
  ['one line break at the end does not count', ['value\n'], 'value'],
  ['neither does that of Windows', ['value\r\n'], 'value'],
  ['other line breaks and spaces do', [' a\n\nb \n\n'], ' a\n\nb \n'],
  ['the parts of a value are joined', ['ab', 'cd'], 'abcd'],
])('%s', async (_, chunks, value) => {
  expect(await readFrom(...chunks)).toBe(value);
});

test('a character that is split between two chunks is read as one', async () => {
  const bytes = Buffer.from('schlüssel');
  expect(await readFrom(bytes.subarray(0, 5), bytes.subarray(5))).toBe('schlüssel');
});

test.each<[string, string, RegExp]>([
  ['nothing', '\n', /is empty/],
  ['too many bytes', 'canaryü'.repeat(600), /has 4800 bytes, and a parameter holds at most 4096/],
  ['a nested parameter', 'canary {{ssm:a}}', /double braces/],
  ['a zero byte', 'canary\0', /zero byte/],
])('%s is refused, without showing the value', async (_, text, why) => {
  const refused: unknown = await readFrom(text).catch((error: unknown) => error);
  expect(isProblem(refused, 'SECRET') && refused).toMatchObject({
    what: 'A cannot be stored.',
    why: expect.stringMatching(why),
  });
  expect(JSON.stringify(refused)).not.toContain('canary');
});

test('bytes that are not UTF-8 are refused, instead of stored as other bytes', async () => {
  const utf16 = Buffer.from('\ufeffcanary', 'utf16le');
  await expect(readFrom(utf16)).rejects.toMatchObject({ why: expect.stringMatching(/not text in UTF-8/) });
});

test('at a terminal, the question is shown, and nothing of the value', async () => {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => input });
  let shown = '';
  const output = new Writable({ write: (chunk, _encoding, done) => ((shown += String(chunk)), done()) });
  const reading = readSecretValue('A', input, signal, output);
  input.write('canary\r');
  expect(await reading).toBe('canary');
  expect(shown).toBe('The value of A, which is not shown: \n');
});

test('several lines at a terminal are refused, instead of cut off', async () => {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => input });
  const reading = readSecretValue('A', input, signal, new PassThrough());
  input.write('canary\rmore\rlast');
  await expect(reading).rejects.toMatchObject({ why: expect.stringMatching(/^Several lines were entered/) });
});

test('an abort ends the question', async () => {
  const controller = new AbortController();
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => input });
  const reading = readSecretValue('A', input, controller.signal, new PassThrough());
  controller.abort(new Error('interrupted'));
  await expect(reading).rejects.toThrow('interrupted');
});
