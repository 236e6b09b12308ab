/** What every file owes its reader: a sentence of purpose, a room of comfortable size, and nothing left lying about. */
import { describe, expect, test } from '@jest/globals';
import ts from 'typescript';
import { CODE, isConfiguration, isTest, text } from './files.ts';
import { hasNode } from './source.ts';

/** About 150 lines are comfortable; at these a file is two files. Tests are lists, and lists may be longer. */
const MOST_LINES = { code: 220, test: 400 };
const LONGEST_PURPOSE = 220;

const linesOf = (file: string) => text(file).trimEnd().split('\n');

/** The purpose of a file: the comment that its first line is. */
const purposeOf = (file: string): string | undefined =>
  /^(?:\/\*\* (.+) \*\/|\/\/ (.+))$/
    .exec(linesOf(file)[0] ?? '')
    ?.slice(1)
    .join('');

describe('every file', () => {
  test('opens with its purpose, a sentence on the first line: who opens it knows whether to read on', () => {
    const without = CODE.filter((file) => !/^\S.*\.$/.test(purposeOf(file) ?? ''));
    expect(without).toEqual([]);
  });

  test(`says its purpose in at most ${LONGEST_PURPOSE} characters`, () => {
    const wordy = CODE.filter((file) => (purposeOf(file) ?? '').length > LONGEST_PURPOSE);
    expect(wordy).toEqual([]);
  });

  test('is of a size to be read in one go', () => {
    const long = CODE.map((file) => ({
      file,
      lines: linesOf(file).length,
      most: isTest(file) ? MOST_LINES.test : MOST_LINES.code,
    })).filter(({ lines, most }) => lines > most);
    expect(long).toEqual([]);
  });

  test('has nothing left to do in a comment: that is an issue, or it is done', () => {
    // Written apart, so that this file is no exception.
    const notes = new RegExp(
      ['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X'].map((word) => `\\b${word}\\b`).join('|'),
    );
    expect(CODE.filter((file) => notes.test(text(file)))).toEqual([]);
  });

  test('says nothing on the console: programs report events, and only a main prints', () => {
    expect(CODE.filter((file) => hasNode(file, 'console', isConsole))).toEqual([]);
  });

  test('has named exports, so that a thing has one name everywhere; configuration files are read by tools', () => {
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
