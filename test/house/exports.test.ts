/** Exports: no two rooms export the same name, so that a name has one meaning wherever it is imported. */
import { describe, expect, test } from '@jest/globals';
import ts from 'typescript';
import { nouns } from '../../lib/model/architecture.ts';
import { CODE } from './files.ts';
import { forEachNode } from './source.ts';

/** Rooms are folders at the top; each room of lib is one, too. */
const roomOf = (file: string): string | undefined =>
  /^(?:lib\/[^/]+|provision|teardown|sandbox|build)(?=\/)/.exec(file)?.[0];

/** Every noun has a step in provision and a removal in teardown, both under its name. */
const NOUNS: ReadonlySet<string> = new Set(nouns);
const isStep = (file: string): boolean => /^(provision|teardown)\/steps\//.test(file);

/** The same concept on both sides of the API; the sandbox shares no code with Slipway. */
const ON_BOTH_SIDES: readonly string[] = ['Bucket', 'buckets'];

/** The names that a file exports by declaration, values and types. */
function exportsOf(file: string): string[] {
  const names: string[] = [];
  forEachNode(file, (node) => {
    const isExported =
      ts.canHaveModifiers(node) &&
      ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
    if (!isExported) return;
    const declared = ts.isVariableStatement(node) ? node.declarationList.declarations : [node];
    for (const { name } of declared as readonly ts.NamedDeclaration[])
      if (name && ts.isIdentifier(name)) names.push(name.text);
  });
  return names;
}

/** The files of each name that several rooms export. */
function repeated(files: readonly string[]): Record<string, string[]> {
  const byName = new Map<string, string[]>();
  for (const file of files)
    for (const name of new Set(exportsOf(file)))
      if (!(NOUNS.has(name) && isStep(file))) byName.set(name, [...(byName.get(name) ?? []), file]);
  return Object.fromEntries([...byName].filter(([, owners]) => new Set(owners.map(roomOf)).size > 1));
}

describe('exports', () => {
  const names = repeated(CODE.filter((file) => roomOf(file) !== undefined));

  test('have a name that no other room exports', () => {
    expect(Object.entries(names).filter(([name]) => !ON_BOTH_SIDES.includes(name))).toEqual([]);
  });

  test('repeat a name only while the exception is needed', () => {
    expect(ON_BOTH_SIDES.filter((name) => !(name in names))).toEqual([]);
  });
});
