/** Parses files, and finds their imports, their syntax nodes and import cycles. */
import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import ts from 'typescript';
import { ROOT, text } from './files.ts';

/** One import of a file. */
export interface Import {
  readonly from: string;
  /** A path below the root, or the name of a package. */
  readonly to: string;
  readonly isInternal: boolean;
  /** Whether it imports only types. Such an import is erased and cannot cause a cycle. */
  readonly isTypeOnly: boolean;
}

/** Lists the imports of a file: static and dynamic imports, `require` calls, and imports of types. */
export function importsOf(file: string): Import[] {
  const content = text(file);
  const typeOnlyPositions = typeOnlySpecifierPositions(parse(file, content));
  return ts.preProcessFile(content, true, true).importedFiles.map(({ fileName, pos }) => {
    const isInternal = fileName.startsWith('.');
    const to = isInternal ? posix.join(posix.dirname(file), fileName) : fileName;
    return { from: file, to, isInternal, isTypeOnly: typeOnlyPositions.has(pos) };
  });
}

export const parse = (file: string, content: string): ts.SourceFile =>
  ts.createSourceFile(file, content, ts.ScriptTarget.ESNext);

/** Returns the positions of specifiers that are imported for their types only. */
function typeOnlySpecifierPositions(source: ts.SourceFile): Set<number> {
  const found = new Set<number>();
  visitNodes(source, (node) => {
    const isType =
      (ts.isImportDeclaration(node) && node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword) ||
      (ts.isExportDeclaration(node) && node.isTypeOnly);
    if (isType && node.moduleSpecifier) found.add(node.moduleSpecifier.getStart(source));
    if (ts.isImportTypeNode(node)) found.add(node.argument.getStart(source));
  });
  return found;
}

function visitNodes(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => visitNodes(child, visit));
}

/** Calls `visit` with every syntax node of a file. */
export const forEachNode = (file: string, visit: (node: ts.Node) => void): void =>
  visitNodes(parse(file, text(file)), visit);

/**
 * Whether a file has a matching syntax node.
 * @param word a word in every matching node; files without this word are not parsed
 */
export function hasNode(file: string, word: string, matches: (node: ts.Node) => boolean): boolean {
  if (!text(file).includes(word)) return false;
  let found = false;
  forEachNode(file, (node) => (found ||= matches(node)));
  return found;
}

/** Whether a relative import names a file that does not exist. */
export const isMissing = ({ isInternal, to }: Import): boolean => isInternal && !existsSync(join(ROOT, to));

/**
 * Finds the cycles in a graph. Each cycle is a list of files that ends with its first file again.
 * @param graph the imports of each file
 */
export function cyclesIn(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const done = new Set<string>();
  const cycles: string[][] = [];
  const follow = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file);
    if (start >= 0) cycles.push([...path.slice(start), file]);
    if (start >= 0 || done.has(file)) return;
    for (const next of graph.get(file) ?? []) follow(next, [...path, file]);
    done.add(file);
  };
  for (const file of graph.keys()) follow(file, []);
  return cycles;
}
