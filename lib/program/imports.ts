/** An esbuild plugin that keeps every module separate, and rewrites imports of a program's own files to their compiled files. */
import { isBuiltin } from 'node:module';
import { dirname, relative, sep } from 'node:path';
import type { Plugin } from 'esbuild';
import { compiledPath } from './start.ts';

/** The files that each file imports, by absolute paths. */
export type ImportGraph = Map<string, Set<string>>;

/** Marks the requests of the plugin itself, which esbuild answers. */
const OWN_REQUEST = Symbol('resolved by esbuild');
const CODE = /\.[cm]?[jt]sx?$/;

/**
 * Makes the plugin. esbuild finds the file that an import means: it knows the paths and the base URL of the nearest tsconfig.json,
 * and `imports` of package.json. Imports of packages stay as they are, and so do imports that lead nowhere.
 * @param root imports of files outside of this folder stay as they are
 * @param graph receives the imports
 */
export const importsPlugin = (root: string, graph: ImportGraph): Plugin => ({
  name: 'imports of compiled files',
  setup(build) {
    build.onResolve(
      { filter: /.*/ },
      async ({ path, importer, resolveDir, kind, pluginData, with: attributes }) => {
        if (kind === 'entry-point' || pluginData === OWN_REQUEST) return undefined;
        const unchanged = { path, external: true };
        if (isBuiltin(path) || /^(?:data|https?|file):/.test(path)) return unchanged;
        const found = await build.resolve(path, {
          importer,
          resolveDir,
          kind,
          pluginData: OWN_REQUEST,
          with: attributes,
        });
        const isOwn =
          found.errors.length === 0 &&
          !found.external &&
          found.path.startsWith(root + sep) &&
          !found.path.split(sep).includes('node_modules');
        if (!isOwn) return unchanged;
        graph.set(importer, (graph.get(importer) ?? new Set()).add(found.path));
        // Node requires an attribute for such an import, which TypeScript does not.
        const isPlainJson = found.path.endsWith('.json') && attributes['type'] === undefined;
        if (isPlainJson && kind !== 'require-call' && build.initialOptions.format === 'esm')
          return { path: found.path };
        if (!CODE.test(found.path) && /^\.{0,2}\//.test(path)) return unchanged;
        return { path: importPath(importer, compiledPath(found.path)) + found.suffix, external: true };
      },
    );
  },
});

/** Returns a path as an import names it: relative, with slashes. */
function importPath(from: string, to: string): string {
  const path = relative(dirname(from), to).split(sep).join('/');
  return path.startsWith('.') ? path : `./${path}`;
}
