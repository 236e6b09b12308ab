// Compiles programs of Slipway, with everything that they import except esbuild, to scripts that V8 can cache.
// @ts-check
import { build } from 'esbuild';
import { filesIn } from './files-in.js';
import { PROGRAMS } from './verbs.js';
import { unusedSchemas } from './unused-schemas.js';

/**
 * The settings of a compilation: the folder of Slipway's source, and the destination, which may be empty. `locations` is the
 * plugin that replaces `import.meta`; `options` replaces other options of esbuild. `library` is compiled together with the commands.
 * @typedef {{
 *   root: string,
 *   outdir: string,
 *   locations: import('esbuild').Plugin,
 *   options?: import('esbuild').BuildOptions,
 *   library?: EntryPoint,
 * }} Compilation
 * @typedef {{ in: string, out: string }} EntryPoint
 */

/** @type {import('esbuild').BuildOptions} */
const OPTIONS = {
  platform: 'node',
  target: 'node20',
  outExtension: { '.js': '.cjs' },
  keepNames: true,
  minify: true,
  legalComments: 'none',
  sourcemap: 'linked',
  sourcesContent: false,
  logLevel: 'error',
};

/**
 * Compiles groups of programs. The file of a program is `<outdir>/<folder>/main.cjs`.
 * @param {Compilation} compilation
 * @throws esbuild's BuildFailure, after esbuild has printed the errors of the source
 */
export async function compilePrograms({ root, outdir, locations, options = {}, library }) {
  const plugins = [locations, unusedSchemas];
  const groups = PROGRAMS.map((folders, index) => [
    ...folders.map((folder) => ({ in: `${folder}/main.ts`, out: `${folder}/main` })),
    ...(index === 0 && library ? [library] : []),
  ]);
  await Promise.all(
    groups.map((entryPoints) => build(bundleOptions(entryPoints, { root, outdir, plugins, options }))),
  );
  await build(scriptOptions(outdir, options));
}

/**
 * Returns the options for bundling to ES modules. This format lets esbuild remove unused code, and lets programs share chunks
 * that load lazily.
 * @param {EntryPoint[]} entryPoints
 * @param {{ root: string, outdir: string, plugins: import('esbuild').Plugin[], options: import('esbuild').BuildOptions }} settings
 * @returns {import('esbuild').BuildOptions}
 */
const bundleOptions = (entryPoints, { root, outdir, plugins, options }) => ({
  ...OPTIONS,
  absWorkingDir: root,
  entryPoints,
  outdir,
  format: 'esm',
  bundle: true,
  splitting: true,
  // The AWS clients, too, are bundled from their ES modules.
  mainFields: ['module', 'main'],
  external: ['esbuild'],
  plugins,
  ...options,
});

/**
 * Returns the options for converting the bundled modules to scripts: V8 can cache the compiled code of a script.
 * @param {string} outdir
 * @param {import('esbuild').BuildOptions} options
 * @returns {import('esbuild').BuildOptions}
 */
const scriptOptions = (outdir, { sourcemap = OPTIONS.sourcemap }) => ({
  ...OPTIONS,
  sourcemap,
  entryPoints: filesIn(outdir).filter((file) => file.endsWith('.cjs')),
  outdir,
  outbase: outdir,
  format: 'cjs',
  supported: { 'dynamic-import': false },
  allowOverwrite: true,
});
