// An esbuild plugin: bundled modules keep the paths of their source files in `import.meta`.
// @ts-check
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Replaces `import.meta.url`, `import.meta.filename` and `import.meta.dirname` in every TypeScript module with the values for the
 * module's source file. This file is JavaScript because run.js also uses it, to compile Slipway.
 * @type {import('esbuild').Plugin}
 */
export const sourceLocations = {
  name: 'source-locations',
  setup({ onLoad, esbuild }) {
    // Not a literal: esbuild requires an instance of the global RegExp class, and under Jest a literal is not one.
    onLoad({ filter: new RegExp('\\.[mc]?ts$') }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      if (!text.includes('import.meta.')) return undefined;
      const { code } = await esbuild.transform(text, {
        loader: 'ts',
        define: {
          'import.meta.url': JSON.stringify(pathToFileURL(path).href),
          'import.meta.filename': JSON.stringify(path),
          'import.meta.dirname': JSON.stringify(dirname(path)),
        },
        sourcemap: 'inline',
        sourcefile: path,
      });
      return { contents: code };
    });
  },
};
