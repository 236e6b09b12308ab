/** Reads the source files of a program: those that its entry imports, or all of its folder. */
import { posix } from 'node:path';
import type { FolderView } from '../lib/program/folder-view.ts';
import { withoutComments } from './source-text.ts';

/** A source file. */
export interface SourceFile {
  /** Relative to the folder of the program, e.g. `src/main.ts`. */
  readonly path: string;
  /** The path to show, relative to the folder of the configuration, e.g. `api/src/main.ts`. */
  readonly shown: string;
  /** Its content, with spaces in the place of comments. */
  readonly text: string;
  /** The files of the program that it imports, by the name of what it imports, e.g. `router`; several names may have the same file. */
  readonly imports: ReadonlyMap<string, string>;
}

/** Folders that contain no source of the program itself. */
export const SKIPPED_FOLDERS: ReadonlySet<string> = new Set(
  'node_modules bower_components vendor coverage test tests __tests__ spec e2e fixtures __mocks__ docs tmp logs'.split(
    ' ',
  ),
);
const SOURCE = /\.[cm]?[jt]sx?$/;
const TEST = /\.(test|spec|d|stories)\.[cm]?[jt]sx?$/;
/** Enough to find where a program listens, and little enough that `init` stays fast. */
const MAX_FILES = 400;
const MAX_LENGTH = 300_000;

/**
 * Returns the source files of a program.
 * @param entry the file that starts; undefined if it is not known
 * @param folder the folder of the program, relative to that of the configuration
 */
export const sourceFiles = (view: FolderView, entry: string | undefined, folder = '.'): SourceFile[] =>
  readSources(view, entry).map((file) => ({ ...file, shown: posix.join(folder, file.path) }));

type Source = Omit<SourceFile, 'shown'>;

function readSources(view: FolderView, entry: string | undefined): Source[] {
  const reached = entry === undefined ? [] : reachable(view, entry);
  // An entry that imports nothing may load its files in another way, as Nest's and Next's build output does.
  return reached.some(({ text }) => /\blisten\s*\(/.test(text)) ? reached : withAllFiles(view, reached);
}

/** Returns a file, and all files that it imports, directly or not. */
function reachable(view: FolderView, entry: string): Source[] {
  const files = new Map<string, Source>();
  const open = [entry];
  for (let path = open.pop(); path !== undefined && files.size < MAX_FILES; path = open.pop()) {
    if (files.has(path)) continue;
    const file = readSource(view, path);
    if (file === undefined) continue;
    files.set(path, file);
    open.push(...new Set(file.imports.values()));
  }
  return [...files.values()];
}

function withAllFiles(view: FolderView, reached: readonly Source[]): Source[] {
  const paths = new Set(reached.map(({ path }) => path));
  const others = listSources(view, '.')
    .filter((path) => !paths.has(path))
    .slice(0, MAX_FILES)
    .flatMap((path) => readSource(view, path) ?? []);
  return [...reached, ...others];
}

function listSources(view: FolderView, folder: string, depth = 6): string[] {
  if (depth === 0) return [];
  return view.list(folder).flatMap((name) => {
    const path = posix.join(folder, name);
    if (name.startsWith('.') || SKIPPED_FOLDERS.has(name)) return [];
    const kind = view.kindOf(path);
    // A folder with a package.json is another program or package.
    if (kind === 'folder')
      return view.kindOf(posix.join(path, 'package.json')) === 'file'
        ? []
        : listSources(view, path, depth - 1);
    return SOURCE.test(name) && !TEST.test(name) ? [path] : [];
  });
}

function readSource(view: FolderView, path: string): Source | undefined {
  const content = view.kindOf(path) === 'file' ? view.read(path) : undefined;
  if (content === undefined || content.length > MAX_LENGTH) return undefined;
  const text = withoutComments(content);
  return { path, text, imports: importsIn(view, path, text) };
}

const FROM = /\b(?:import|export)\s+(?:type\s+)?([^'"`;=()]*?)\s*\bfrom\s*(['"])([^'"\n]+)\2/g;
const REQUIRE =
  /(?:\b(?:const|let|var)\s+([\w$]+|\{[^}]*\})\s*=\s*(?:await\s+)?)?\b(?:require|import)\s*\(\s*(['"])([^'"\n]+)\2/g;
const BARE_IMPORT = /\bimport\s+()(['"])([^'"\n]+)\2/g;

/** Finds the imports of files of the same program. */
function importsIn(view: FolderView, path: string, text: string): Map<string, string> {
  const imports = new Map<string, string>();
  for (const pattern of [FROM, REQUIRE, BARE_IMPORT])
    for (const [, names = '', , specifier = ''] of text.matchAll(pattern)) {
      const file = resolveImport(view, path, specifier);
      if (file === undefined) continue;
      // `a`, `{ b, c as d }` and `* as e`; an import without a name gets that of its file.
      const words = names.match(/[\w$]+(?=\s*(?:,|\}|$))/g) ?? [];
      for (const word of words.length > 0 ? words : [`file ${file}`]) imports.set(word, file);
    }
  return imports;
}

const EXTENSIONS = ['', '.ts', '.tsx', '.mts', '.cts', '.js', '.mjs', '.cjs', '.jsx'];

/** Returns the file that a relative specifier names, relative to the folder of the program. */
function resolveImport(view: FolderView, from: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  const base = posix.join(posix.dirname(from), specifier);
  const candidates = [
    ...EXTENSIONS.map((extension) => base + extension),
    // TypeScript writes the name of the compiled file.
    base.replace(/\.([cm]?)js$/, '.$1ts'),
    ...EXTENSIONS.slice(1).map((extension) => posix.join(base, `index${extension}`)),
  ];
  return candidates.find((candidate) => SOURCE.test(candidate) && view.kindOf(candidate) === 'file');
}
