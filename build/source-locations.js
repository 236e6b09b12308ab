// An esbuild plugin: modules go on to know where they lie, although their bundle lies elsewhere.
// @ts-check
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Gives every TypeScript module its own `import.meta.url`, `filename` and `dirname`. In JavaScript, since what compiles
 * our TypeScript uses it, too.
 * @type {import('esbuild').Plugin}
 */
export const places = {
  name: 'places',
  setup({ onLoad, esbuild }) {
    // Not as a literal: where tests share globals, that is no RegExp to esbuild.
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
