/** Resolves the file that Node runs, as `require` does, and finds the source of a built file. Pure. */
import { posix } from 'node:path';
import { parseJson, readManifestFields, record, type FolderView } from './folder-view.ts';

const SCRIPT_ENDINGS = ['.js', '.json', '.node'] as const;
const TYPESCRIPT_ENDINGS = ['.ts', '.tsx', '.mts', '.cts'] as const;
const ENDINGS = [...SCRIPT_ENDINGS, '.mjs', '.cjs', ...TYPESCRIPT_ENDINGS];
/** The folders that tools usually write their output to. */
export const OUTPUT_FOLDERS: readonly string[] = ['dist', 'build', 'lib', 'out', '.output', '.next'];

export const isTypeScript = (path: string): boolean => /(?<!\.d)\.[cm]?tsx?$/.test(path);

/**
 * Resolves a path as Node does: the file itself, the file with an ending, or `main` or `index` of a folder. It also finds
 * TypeScript files, because they will be compiled.
 * @param path relative to the folder of the view
 * @returns relative to the folder; undefined when there is no such file
 * @see https://nodejs.org/api/modules.html#all-together
 */
export function resolveModule(view: FolderView, path: string): string | undefined {
  const normal = posix.normalize(path).replace(/\/$/, '');
  const file = resolveFile(view, normal);
  if (file !== undefined || view.kindOf(normal) !== 'folder') return file;
  const { main } = readManifestFields(view, posix.join(normal, 'package.json'));
  return (
    (main !== undefined ? resolveMain(view, normal, main) : undefined) ??
    resolveFile(view, posix.join(normal, 'index'))
  );
}

/** Resolves `main` of a package.json: a file, a file without its ending, or a folder with an index file. */
export const resolveMain = (view: FolderView, folder: string, main: string): string | undefined => {
  const path = posix.join(folder, main).replace(/\/$/, '');
  return resolveFile(view, path) ?? resolveFile(view, posix.join(path, 'index'));
};

const resolveFile = (view: FolderView, path: string): string | undefined =>
  ['', ...ENDINGS].map((ending) => path + ending).find((file) => view.kindOf(file) === 'file');

/**
 * Returns the source of a file that a build would write, if the build has not run: `src/main.ts` for `dist/main.js`. It uses
 * `outDir` and `rootDir` of the tsconfig.json, and the usual folders.
 * @param path of the built file, relative to the folder of the view, with or without its ending
 */
export function sourceOf(view: FolderView, path: string): string | undefined {
  const { outDir, rootDir } = compilerOptions(view);
  const stem = posix.normalize(path).replace(/\.([cm]?)js$/, '');
  const [, format = ''] = /\.([cm]?)js$/.exec(path) ?? [];
  const endings = [`.${format}ts`, '.ts', '.tsx', ...(path === stem ? ['/index.ts'] : []), '.js'];
  const outputs = new Set([...(outDir === undefined ? [] : [outDir]), ...OUTPUT_FOLDERS]);
  const rests = [...outputs].flatMap((output) =>
    stem === output ? ['index'] : stem.startsWith(`${output}/`) ? [stem.slice(output.length + 1)] : [],
  );
  const roots = [...new Set([...(rootDir === undefined ? [] : [rootDir]), 'src', '.'])];
  const sources = rests.flatMap((rest) => roots.map((root) => posix.join(root, rest)));
  return [...sources, stem]
    .flatMap((source) => endings.map((ending) => source + ending))
    .find((file) => file !== path && view.kindOf(file) === 'file');
}

/** Returns the folders in the tsconfig.json, or in that of the build. */
function compilerOptions(view: FolderView): { outDir?: string; rootDir?: string } {
  for (const name of ['tsconfig.build.json', 'tsconfig.json']) {
    const options = record(record(parseJson(view.read(name) ?? ''))['compilerOptions']);
    const [outDir, rootDir] = ['outDir', 'rootDir'].map((field) => options[field]);
    if (typeof outDir === 'string')
      return {
        outDir: posix.normalize(outDir).replace(/\/$/, ''),
        ...(typeof rootDir === 'string' ? { rootDir: posix.normalize(rootDir) } : {}),
      };
  }
  return {};
}

/** Lists the build output in a folder, which ignore files usually exclude. The caches of builds do not belong to it. */
export function outputsIn(view: FolderView): string[] {
  const { outDir } = compilerOptions(view);
  const folders = new Set([
    ...OUTPUT_FOLDERS,
    ...(outDir === undefined || /^\.?\.?(\/|$)/.test(outDir) ? [] : [outDir]),
  ]);
  return [...folders]
    .filter((folder) => view.kindOf(folder) === 'folder')
    .flatMap((folder) =>
      folder === '.next'
        ? view.list(folder).flatMap((name) => (/^(cache|dev)$/.test(name) ? [] : [`${folder}/${name}`]))
        : [folder],
    );
}
