/** What a file imports, exports and names, read from its syntax. */
import { existsSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import ts from 'typescript';
import { ROOT, text } from './files.ts';

/** One import, from a file. */
export interface Import {
  readonly from: string;
  /** A file of ours, below the root; or the name of a package. */
  readonly to: string;
  readonly ours: boolean;
  /** Gone when the program runs: it can make no cycle there. */
  readonly typeOnly: boolean;
}

/** Everything a file imports: static, dynamic, required, and types. */
export function importsOf(file: string): Import[] {
  const content = text(file);
  const types = typeOnlySpecifiers(parse(file, content));
  return ts.preProcessFile(content, true, true).importedFiles.map(({ fileName, pos }) => {
    const ours = fileName.startsWith('.');
    const to = ours ? posix.join(posix.dirname(file), fileName) : fileName;
    return { from: file, to, ours, typeOnly: types.has(pos) };
  });
}

export const parse = (file: string, content = text(file)): ts.SourceFile =>
  ts.createSourceFile(file, content, ts.ScriptTarget.ESNext, true);

/** Where the specifiers stand that are imported for their types alone. */
function typeOnlySpecifiers(source: ts.SourceFile): Set<number> {
  const found = new Set<number>();
  const visit = (node: ts.Node): void => {
    const specifier =
      (ts.isImportDeclaration(node) && node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword) ||
      (ts.isExportDeclaration(node) && node.isTypeOnly)
        ? node.moduleSpecifier
        : ts.isImportTypeNode(node)
          ? node.argument
          : undefined;
    if (specifier) found.add(specifier.getStart(source));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Relative imports that lead to no file: a rule that follows them would not see what they hide. */
export const isMissing = ({ ours, to }: Import): boolean => ours && !existsSync(join(ROOT, to));

/**
 * One way round for every group of files that import each other while they run.
 * @param graph what each file imports
 */
export function cyclesIn(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const done = new Set<string>();
  const cycles: string[][] = [];
  const visit = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file);
    if (start >= 0) cycles.push([...path.slice(start), file]);
    if (start >= 0 || done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return cycles;
}

/** Visits every node of a file. */
export function eachNode(file: string, look: (node: ts.Node) => void): void {
  const visit = (node: ts.Node): void => {
    look(node);
    ts.forEachChild(node, visit);
  };
  visit(parse(file));
}

/** The folder of a file, below the root. */
export const folderOf = (file: string): string => dirname(file);
