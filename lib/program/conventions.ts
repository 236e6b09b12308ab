/** Finds the file that starts a program by convention, when no file says which it is. Pure. */
import { posix } from 'node:path';
import { type FolderView } from './folder-view.ts';
import { resolveModule } from './module-resolution.ts';

const TYPESCRIPT_FILES = [
  'src/main',
  'src/index',
  'main',
  'index',
  'src/server',
  'src/app',
  'server',
  'app',
].flatMap((stem) => ['.ts', '.mts', '.cts', '.tsx'].map((ending) => stem + ending));
const SCRIPT_FILES = [
  ...['server', 'app', 'index', 'main'].flatMap((stem) =>
    ['.js', '.mjs', '.cjs'].map((ending) => stem + ending),
  ),
  'bin/www',
  ...['src/server', 'src/app', 'src/index', 'src/main'].flatMap((stem) =>
    ['.js', '.mjs', '.cjs'].map((ending) => stem + ending),
  ),
];
const SOURCES = [...TYPESCRIPT_FILES, ...SCRIPT_FILES];
const BUILT = [
  ...['dist', 'build', 'out', 'lib'].flatMap((folder) =>
    ['main', 'index', 'server', 'app', 'src/main', 'src/index'].flatMap((stem) =>
      ['.js', '.mjs', '.cjs'].map((ending) => `${folder}/${stem}${ending}`),
    ),
  ),
  '.output/server/index.mjs',
  '.next/standalone/server.js',
];

/** The files that are named in a message when none of them exists. */
export const USUAL_FILES = [
  'src/main.ts',
  'src/index.ts',
  'server.js',
  'app.js',
  'index.js',
  'bin/www',
  'dist/main.js',
];

/** Code that serves requests. */
const SERVES = /\.listen\s*\(|\bcreateServer\s*\(|\bserve\s*\(|\bNestFactory\b/;
const IMPORT = /(?:\bfrom|\bimport|\brequire\s*\(|\bimport\s*\()\s*['"](\.[^'"\n]*)['"]/g;

/**
 * Returns the files that may start the program: one, unless several of them serve requests and none imports the others.
 * @param hasBuild whether package.json has a script that builds the program, whose output is preferred to the sources
 */
export function conventionalEntries(view: FolderView, hasBuild: boolean): readonly string[] {
  const groups = hasBuild ? [BUILT, SOURCES] : [SOURCES, BUILT];
  const found = groups
    .map((files) => files.filter((file) => view.kindOf(file) === 'file'))
    .find((files) => files.length > 0);
  if (found === undefined || found.length === 1) return found ?? [];
  const imported = new Set(found.flatMap((file) => importsOf(view, file)));
  const roots = found.filter((file) => !imported.has(file));
  const serving = roots.filter((file) => SERVES.test(view.read(file) ?? ''));
  return serving.length > 0 ? serving : roots.length > 0 ? roots.slice(0, 1) : found.slice(0, 1);
}

function importsOf(view: FolderView, file: string): string[] {
  const specifiers = [...(view.read(file) ?? '').matchAll(IMPORT)].map(([, specifier = '']) => specifier);
  return specifiers.flatMap((specifier) => {
    const path = posix.join(posix.dirname(file), specifier);
    // In TypeScript, `./app.js` may mean app.ts.
    const found = resolveModule(view, path) ?? resolveModule(view, path.replace(/\.[cm]?js$/, ''));
    return found === undefined || found === file ? [] : [found];
  });
}
