// External text is printed without control characters.
import { expect, test } from '@jest/globals';
import { printable } from '../../../../lib/model/printable.ts';

test.each([
  ['an escape sequence', 'a\u001b[2Jb', 'a\\u001b[2Jb'],
  ['a terminal title that ends with a bell', '\u001b]0;mine\u0007', '\\u001b]0;mine\\u0007'],
  ['a carriage return and a backspace', '12 %\r99 %\b', '12 %\\u000d99 %\\u0008'],
  ['a zero byte', 'a\0b', 'a\\u0000b'],
  ['a delete character', 'a\u007f', 'a\\u007f'],
  ['letters that run backwards', 'a\u202egpj.exe', 'a\\u202egpj.exe'],
  ['a directional isolate', '\u2066a\u2069', '\\u2066a\\u2069'],
  ['a directional mark', 'a\u200e\u200f\u061c', 'a\\u200e\\u200f\\u061c'],
  ['a line separator', 'a\u2028b\u2029', 'a\\u2028b\\u2029'],
  ['an invisible space', 'a\u200bb\ufeff', 'a\\u200bb\\ufeff'],
  ['a lone surrogate', 'a\ud800', 'a\\ud800'],
  ['an escape sequence in one character', 'a\u009b2J\u0080', 'a\\u009b2J\\u0080'],
])('%s is escaped', (_, text, shown) => {
  expect(printable(text)).toBe(shown);
});

test.each(['one\n  two\n', 'Grüße → 東京 👩‍💻 …', 'C:\\u001b', '\u00a0', ''])('%j stays unchanged', (text) => {
  expect(printable(text)).toBe(text);
});

test('a tab becomes a space', () => {
  expect(printable('GET\t/api')).toBe('GET /api');
});

test('a Windows line ending is a line break', () => {
  expect(printable('one\r\ntwo\r')).toBe('one\ntwo');
});

test('escaping does not change the value of JSON', () => {
  const value = { text: 'a\u202eb\u009b2J\u007f\t"\\\n', 'key\u2066': ['\ufeff', 'Grüße'] };
  const shown = printable(JSON.stringify(value, null, 2));
  expect(shown).not.toMatch(/[\u202e\u009b\u007f\u2066\ufeff]/);
  expect(JSON.parse(shown)).toEqual(value);
});
