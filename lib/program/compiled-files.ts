/** Replaces the TypeScript files of a program by compiled files, also where package.json files and other files name them. */
import { basename, dirname, resolve } from 'node:path';
import { shownPath } from '../config/location.ts';
import { readRegularFile } from '../config/regular-file.ts';
import { checkUnchanged, readListedText, type Listed } from './disk.ts';
import type { EntryCollector } from './entry-lists.ts';
import type { Layout } from './layout.ts';
import { compiledPath, type ProgramStart } from './start.ts';
import {
  compileErrors,
  compileTypeScript,
  isTypeScript,
  reachableFrom,
  type Compilation,
} from './typescript.ts';

/** The fields of a package.json that name files. */
const FILE_FIELDS = ['main', 'module', 'exports', 'imports', 'bin'] as const;

export interface CompiledProgram {
  readonly folder: string;
  readonly compilation: Compilation;
  readonly start: Pick<ProgramStart, 'entry'>;
  readonly layout: Layout;
}

const sourcesIn = (listed: readonly Listed[]): readonly Listed[] =>
  listed.filter(({ path, type }) => type !== 'folder' && isTypeScript(path));

/**
 * Compiles the TypeScript files of a program and of the packages of its workspace.
 * @param root the outermost folder of the project, absolute
 * @param listed the files on disk
 * @throws PACKAGE if a file changes meanwhile, or if the project lacks a package that compiling needs
 */
export async function compileSources(root: string, listed: readonly Listed[]): Promise<Compilation> {
  const sources = sourcesIn(listed);
  const compilation = await compileTypeScript(
    root,
    sources.map(({ path }) => path),
  );
  checkUnchanged(sources);
  return compilation;
}

/**
 * Replaces the entries of source files by those of the compiled files.
 * @param collector has the entries of the source files
 * @param listed the same files on disk
 * @returns notes for the user
 * @throws PACKAGE with the errors of files that the program imports; other files are left out, with a note
 */
export async function addCompiled(
  collector: EntryCollector,
  listed: readonly Listed[],
  { folder, compilation, start, layout }: CompiledProgram,
): Promise<string[]> {
  const sources = sourcesIn(listed).map(({ path }) => path);
  const { files, errors, imports } = compilation;
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
