/** Exports: no two folders export the same name, so that a name has one meaning wherever it is imported. */
import { describe, expect, test } from '@jest/globals';
import ts from 'typescript';
import { nouns } from '../../lib/model/architecture.ts';
import { CODE } from './files.ts';
import { forEachNode } from './source.ts';

/** Returns the folder to which a file belongs: a top-level folder, or a folder of lib. */
const owningFolderOf = (file: string): string | undefined =>
  /^(?:lib\/[^/]+|provision|dev|dashboard|history|open|scale|restart|rollback|secret|status|teardown|api|init|sandbox|build)(?=\/)/.exec(
    file,
  )?.[0];

/** Names that both commands export: for each noun, provision has a step and teardown has a removal. */
const NOUN_NAMES: ReadonlySet<string> = new Set(nouns);
const isStepOrRemoval = (file: string): boolean => /^(provision|teardown)\/steps\//.test(file);

/** Names that Slipway and the sandbox both use for the same concept, since they share no code. */
const SHARED_NAMES: readonly string[] = ['Bucket', 'buckets'];

/** Returns the names of the values and types that a file declares and exports. */
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

/** Returns the names that more than one folder exports, each with its files. */
function duplicateNamesIn(files: readonly string[]): Record<string, string[]> {
  const filesByName = new Map<string, string[]>();
  for (const file of files)
    for (const name of new Set(exportsOf(file)))
      if (!(NOUN_NAMES.has(name) && isStepOrRemoval(file)))
        filesByName.set(name, [...(filesByName.get(name) ?? []), file]);
  return Object.fromEntries(
    [...filesByName].filter(([, exporters]) => new Set(exporters.map(owningFolderOf)).size > 1),
  );
}

describe('exports', () => {
  const duplicateNames = duplicateNamesIn(CODE.filter((file) => owningFolderOf(file) !== undefined));

  test('no two folders export the same name', () => {
    expect(Object.entries(duplicateNames).filter(([name]) => !SHARED_NAMES.includes(name))).toEqual([]);
  });

  test('every name in SHARED_NAMES is still exported by several folders', () => {
    expect(SHARED_NAMES.filter((name) => !(name in duplicateNames))).toEqual([]);
  });
});
