/** One word per concept: finds identifiers and files that use a different word. */
import { describe, expect, test } from '@jest/globals';
import ts from 'typescript';
import { CODE, FILES, nameOf } from './files.ts';
import { forEachNode } from './source.ts';

/** Words that identifiers must not contain, each with the better word or the reason. */
const AVOIDED_NAMES: readonly { readonly pattern: RegExp; readonly better: string }[] = [
  {
    pattern: /Exception$/,
    better: 'people see a problem, the sandbox answers with a refusal, and an Error is a programming error',
  },
  {
    pattern: /([Ww]aiter|[Pp]oller)s?$/,
    better: 'the only function that waits is called until, and the check that it repeats is a probe',
  },
  { pattern: /^(preview|dryRun)/i, better: 'the word is plan' },
  { pattern: /[Bb]ackend/, better: 'the sandbox holds a world, and a stack is provisioned on a target' },
  { pattern: /(Manager|Helpers?|Utils?)$/, better: 'the name says what it does' },
];

/** File names that carry no meaning. */
const VAGUE_NAME = /^(utils?|helpers?|misc|common|shared|stuff|types)$/;

/** Lists the names that a file declares: variables, functions, parameters, classes and types. */
function declaredNamesIn(file: string): string[] {
  const names: string[] = [];
  forEachNode(file, (node) => {
    const isDeclaration =
      ts.isVariableDeclaration(node) ||
      ts.isFunctionDeclaration(node) ||
      ts.isParameter(node) ||
      ts.isClassDeclaration(node) ||
      ts.isInterfaceDeclaration(node) ||
      ts.isTypeAliasDeclaration(node);
    if (isDeclaration && node.name && ts.isIdentifier(node.name)) names.push(node.name.text);
  });
  return names;
}

describe('naming', () => {
  const declared = CODE.flatMap((file) => declaredNamesIn(file).map((name) => ({ file, name })));

  test.each(AVOIDED_NAMES)('no name matches $pattern: $better', ({ pattern }) => {
    expect(declared.filter(({ name }) => pattern.test(name))).toEqual([]);
  });

  test('no file or folder has a meaningless name', () => {
    const vague = FILES.filter((file) =>
      [...file.split('/').slice(0, -1), nameOf(file)].some((part) => VAGUE_NAME.test(part)),
    );
    expect(vague).toEqual([]);
  });
});
