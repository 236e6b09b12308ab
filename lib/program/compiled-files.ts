/** Replaces the TypeScript files of a program by compiled files, also where package.json files and other files name them. */
import { basename, dirname, resolve } from 'node:path';
import { shownPath } from '../config/location.ts';
import { readRegularFile } from '../config/regular-file.ts';
import { checkUnchanged, readListedText, type Listed } from './disk.ts';
import type { EntryCollector } from './entry-lists.ts';
import type { Layout } from './layout.ts';
import { compiledPath, type ProgramStart } from './start.ts';
import { compileErrors, compileTypeScript, isTypeScript, reachableFrom } from './typescript.ts';

/** The fields of a package.json that name files. */
const FILE_FIELDS = ['main', 'module', 'exports', 'imports', 'bin'] as const;

export interface CompileContext {
  readonly folder: string;
  /** The outermost folder of the project. */
  readonly root: string;
  readonly start: Pick<ProgramStart, 'entry'>;
  readonly layout: Layout;
}

/**
 * Compiles the files of a program and of the packages of its workspace.
 * @param collector has the entries of the source files, which the compiled files replace
 * @param listed the same files on disk
 * @returns notes for the user
 * @throws PACKAGE with the errors of files that the program imports; other files are left out, with a note
 */
export async function compileOwn(
  collector: EntryCollector,
  listed: readonly Listed[],
  { folder, root, start, layout }: CompileContext,
): Promise<string[]> {
  const sourceFiles = listed.filter(({ path, type }) => type !== 'folder' && isTypeScript(path));
  const sources = sourceFiles.map(({ path }) => path);
  const { files, errors, imports } = await compileTypeScript(root, sources);
  checkUnchanged(sourceFiles);
  const entry = start.entry === undefined ? undefined : resolve(folder, start.entry);
  const reached = entry === undefined ? new Set(sources) : reachableFrom(entry, imports);
  const failed = [...errors.keys()].filter((file) => reached.has(file));
  if (failed.length > 0)
    throw compileErrors(
      folder,
      failed.flatMap((file) => errors.get(file) ?? []),
    );
  for (const source of sources) collector.delete(layout.placeOf(source));
  for (const [source, { code, map }] of files) {
    const place = layout.placeOf(compiledPath(source));
    collector.addBytes(place, code);
    collector.addBytes(`${place}.map`, map);
  }
  const isCompiled = (path: string): boolean => files.has(path);
  for (const entry of listed.filter(({ type }) => type !== 'folder')) {
    if (basename(entry.path) === 'package.json') await rewriteManifest(collector, entry, layout, isCompiled);
    if (isCompiled(entry.path)) await linkNamedFiles(collector, entry, layout, isCompiled);
  }
  return [...errors.keys()]
    .filter((file) => !reached.has(file))
    .map(
      (file) => `${shownPath(file)} is left out: it cannot be compiled, and the program does not import it.`,
    );
}

/** Reads a file, also through a link: a link that leads out of the program has been rejected already. */
const textOf = (entry: Listed): Promise<string> =>
  entry.type === 'link' ? readRegularFile(entry.path) : readListedText(entry);

/** Lets the fields of a package.json name the compiled files. */
async function rewriteManifest(
  collector: EntryCollector,
  entry: Listed,
  layout: Layout,
  isCompiled: (path: string) => boolean,
): Promise<void> {
  const { path } = entry;
  const text = await textOf(entry);
  const rewritten = (value: unknown): unknown => {
    if (typeof value === 'string')
      return isCompiled(resolve(dirname(path), value)) || value.includes('*') ? compiledPath(value) : value;
    if (Array.isArray(value)) return value.map(rewritten);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, rewritten(item)]));
  };
  try {
    const manifest = JSON.parse(text) as Record<string, unknown>;
    const fields = FILE_FIELDS.filter((name) => name in manifest).map((name) => [
      name,
      rewritten(manifest[name]),
    ]);
    const changed = JSON.stringify({ ...manifest, ...Object.fromEntries(fields) });
    if (changed !== JSON.stringify(manifest)) collector.addBytes(layout.placeOf(path), Buffer.from(changed));
  } catch {
    // Not JSON: Node ignores it or reports it, as it does on disk.
  }
}

/** Matches the name of a TypeScript file in quotes, except in an import with a fixed name, which is rewritten. */
const NAMED_FILE = /(?<!\b(?:from|import|require)\s*\(?\s*)['"`]([^'"`\n]*\.[cm]?tsx?)['"`]/g;

/**
 * Adds links from TypeScript files to the compiled ones where the program names them in other places than imports, such as the
 * file of a worker. Other files get no link: frameworks that load all files of a folder would load them twice.
 */
async function linkNamedFiles(
  collector: EntryCollector,
  entry: Listed,
  layout: Layout,
  isCompiled: (path: string) => boolean,
): Promise<void> {
  const { path } = entry;
  for (const [, name = ''] of (await textOf(entry)).matchAll(NAMED_FILE)) {
    const named = resolve(dirname(path), name);
    if (isCompiled(named)) collector.addLink(layout.placeOf(named), layout.placeOf(compiledPath(named)));
  }
}
