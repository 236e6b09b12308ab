/** One word for one thing: names that would say it with another. */
import { describe, expect, test } from '@jest/globals';
import ts from 'typescript';
import { CODE, FILES, nameOf } from './files.ts';
import { forEachNode } from './source.ts';

/** Words that have a word of ours, where a name can be told from AWS's own. */
const WORDS: readonly { readonly not: RegExp; readonly but: string }[] = [
  {
    not: /Exception$/,
    but: 'a problem is shown to people, a refusal is what the sandbox answers, an Error is a mistake of ours',
  },
  {
    not: /([Ww]aiter|[Pp]oller)s?$/,
    but: 'there is one waiter, and it is called until; what it looks with is a probe',
  },
  { not: /^(preview|dryRun)/i, but: 'a plan' },
  { not: /[Bb]ackend/, but: 'the world is what the sandbox holds; the target is where a stack lives' },
  { not: /(Manager|Helpers?|Utils?)$/, but: 'say what it does' },
];

/** Files named after what they are not. */
const VAGUE = /^(utils?|helpers?|misc|common|shared|stuff|types)$/;

/** The names that a file gives: of variables, functions, parameters, classes and types. */
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

describe('words', () => {
  const given = CODE.flatMap((file) => namesGivenIn(file).map((name) => ({ file, name })));

  test.each(WORDS)('no name matches $not: $but', ({ not }) => {
    expect(given.filter(({ name }) => not.test(name))).toEqual([]);
  });

  test('no file or folder is called after nothing in particular', () => {
    const vague = FILES.filter((file) =>
      [...file.split('/').slice(0, -1), nameOf(file)].some((part) => VAGUE.test(part)),
    );
    expect(vague).toEqual([]);
  });
});
