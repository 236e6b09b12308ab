/** What a file imports, and everything else that its syntax says. */
import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import ts from 'typescript';
import { ROOT, text } from './files.ts';

/** One import, from a file. */
export interface Import {
  readonly from: string;
  /** A file of isInternal, below the root; or the name of a package. */
  readonly to: string;
  readonly isInternal: boolean;
  /** Gone when the program runs: it can make no cycle there. */
  readonly typeOnly: boolean;
}

/** Everything a file imports: static, dynamic, required, and types. */
export function importsOf(file: string): Import[] {
  const content = text(file);
  const types = typeOnlySpecifiers(parse(file, content));
  return ts.preProcessFile(content, true, true).importedFiles.map(({ fileName, pos }) => {
    const isInternal = fileName.startsWith('.');
    const to = isInternal ? posix.join(posix.dirname(file), fileName) : fileName;
    return { from: file, to, isInternal, typeOnly: types.has(pos) };
  });
}

export const parse = (file: string, content: string): ts.SourceFile =>
  ts.createSourceFile(file, content, ts.ScriptTarget.ESNext);

/** Where the specifiers stand that are imported for their types alone. */
function typeOnlySpecifiers(source: ts.SourceFile): Set<number> {
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

function visitNodes(node: ts.Node, look: (node: ts.Node) => void): void {
  look(node);
  ts.forEachChild(node, (child) => visitNodes(child, look));
}

/** Shows every node of a file to `look`. */
export const forEachNode = (file: string, look: (node: ts.Node) => void): void =>
  visitNodes(parse(file, text(file)), look);

/** Whether the syntax of a file has such a node; files without the word that it must have are not parsed. */
export function hasNode(file: string, word: string, test: (node: ts.Node) => boolean): boolean {
  if (!text(file).includes(word)) return false;
  let found = false;
  forEachNode(file, (node) => (found ||= test(node)));
  return found;
}

/** A relative import that leads to no file: a rule that follows it would not see what it hides. */
export const isMissing = ({ isInternal: isInternal, to }: Import): boolean =>
  isInternal && !existsSync(join(ROOT, to));

/**
 * The ways round in a graph: each as the files on it, the first again at the end; none when there is none.
 * @param graph what each file imports
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
