/** One word per concept: finds identifiers and files that use a different word. */
import { describe, expect, test } from '@jest/globals';
import ts from 'typescript';
import { CODE, FILES, nameOf } from './files.ts';
import { forEachNode } from './source.ts';

/** Words that this repository replaces by another, in identifiers that cannot be confused with AWS's. */
const WORDS: readonly { readonly not: RegExp; readonly but: string }[] = [
  {
    not: /Exception$/,
    but: 'people see a problem, the sandbox answers with a refusal, and an Error is a programming error',
  },
  {
    not: /([Ww]aiter|[Pp]oller)s?$/,
    but: 'the only function that waits is called until, and its check is a probe',
  },
  { not: /^(preview|dryRun)/i, but: 'the word is plan' },
  { not: /[Bb]ackend/, but: 'the sandbox holds a world, and a stack is provisioned on a target' },
  { not: /(Manager|Helpers?|Utils?)$/, but: 'the name says what it does' },
];

/** File names that carry no meaning. */
const VAGUE = /^(utils?|helpers?|misc|common|shared|stuff|types)$/;

/** Lists the names that a file declares: variables, functions, parameters, classes and types. */
function namesGivenIn(file: string): string[] {
  const names: string[] = [];
  forEachNode(file, (node) => {
    const declares =
      ts.isVariableDeclaration(node) ||
      ts.isFunctionDeclaration(node) ||
      ts.isParameter(node) ||
      ts.isClassDeclaration(node) ||
      ts.isInterfaceDeclaration(node) ||
      ts.isTypeAliasDeclaration(node);
    if (declares && node.name && ts.isIdentifier(node.name)) names.push(node.name.text);
  });
  return names;
}

describe('naming', () => {
  const given = CODE.flatMap((file) => namesGivenIn(file).map((name) => ({ file, name })));

  test.each(WORDS)('no name matches $not: $but', ({ not }) => {
    expect(given.filter(({ name }) => not.test(name))).toEqual([]);
  });

  test('no file or folder has a meaningless name', () => {
    const vague = FILES.filter((file) =>
      [...file.split('/').slice(0, -1), nameOf(file)].some((part) => VAGUE.test(part)),
    );
    expect(vague).toEqual([]);
  });
});
