/** Every file opens with its purpose, has a readable size, and contains no leftovers of development. */
import { describe, expect, test } from '@jest/globals';
import ts from 'typescript';
import { CODE, isConfiguration, isTest, text } from './files.ts';
import { hasNode } from './source.ts';

/** The maximum number of lines. About 150 are comfortable. Tests may be longer, because they are lists. */
const MAX_LINES = { code: 220, test: 400 };
const MAX_PURPOSE_LENGTH = 220;

const linesOf = (file: string) => text(file).trimEnd().split('\n');

/** Returns the purpose of a file: the comment on its first line. */
const purposeOf = (file: string): string | undefined =>
  /^(?:\/\*\* (.+) \*\/|\/\/ (.+))$/
    .exec(linesOf(file)[0] ?? '')
    ?.slice(1)
    .join('');

describe('the files', () => {
  test('every file opens with its purpose: one sentence on the first line', () => {
    const withoutPurpose = CODE.filter((file) => !/^\S.*\.$/.test(purposeOf(file) ?? ''));
    expect(withoutPurpose).toEqual([]);
  });

  test(`every file states its purpose in at most ${MAX_PURPOSE_LENGTH} characters`, () => {
    const wordy = CODE.filter((file) => (purposeOf(file) ?? '').length > MAX_PURPOSE_LENGTH);
    expect(wordy).toEqual([]);
  });

  test('no file exceeds the maximum number of lines', () => {
    const tooLong = CODE.map((file) => ({
      file,
      lines: linesOf(file).length,
      maximum: isTest(file) ? MAX_LINES.test : MAX_LINES.code,
    })).filter(({ lines, maximum }) => lines > maximum);
    expect(tooLong).toEqual([]);
  });

  test('no comment contains an open task: open tasks belong in issues', () => {
    // The words are split so that this file needs no exception.
    const openTask = new RegExp(
      ['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X'].map((word) => `\\b${word}\\b`).join('|'),
    );
    expect(CODE.filter((file) => openTask.test(text(file)))).toEqual([]);
  });

  test('no file uses the console: programs report events, and only main files print them', () => {
    expect(CODE.filter((file) => hasNode(file, 'console', isConsole))).toEqual([]);
  });

  test('no file has a default export, except where a tool requires it', () => {
    expect(
      CODE.filter((file) => !isConfiguration(file) && hasNode(file, 'default', isDefaultExport)),
    ).toEqual([]);
  });
});

const isConsole = (node: ts.Node): boolean =>
  ts.isPropertyAccessExpression(node) &&
  ts.isIdentifier(node.expression) &&
  node.expression.text === 'console';

const isDefaultExport = (node: ts.Node): boolean =>
  (ts.isExportAssignment(node) && !node.isExportEquals) ||
  (ts.canHaveModifiers(node) &&
    (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword)) ||
  (ts.isExportSpecifier(node) && node.name.text === 'default');
