/** One word per concept: identifiers and files that use another word. */
import { describe, expect, test } from '@jest/globals';
import ts from 'typescript';
import { CODE, FILES, nameOf } from './files.ts';
import { forEachNode } from './source.ts';

/** Words for which this repository has another, where identifiers can be distinguished from AWS's. */
const WORDS: readonly { readonly not: RegExp; readonly but: string }[] = [
  {
    not: /Exception$/,
    but: 'a problem is shown to people, a refusal is answered by the sandbox, an Error is a programming error',
  },
  {
    not: /([Ww]aiter|[Pp]oller)s?$/,
    but: 'the only waiter is called until, and its check is a probe',
  },
  { not: /^(preview|dryRun)/i, but: 'it is a plan' },
  { not: /[Bb]ackend/, but: 'the world is what the sandbox holds; the target is where a stack lives' },
  { not: /(Manager|Helpers?|Utils?)$/, but: 'name what it does' },
];

/** File names without a meaning. */
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

describe('words', () => {
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
