/** An esbuild plugin: the modules of the package find the files beside them, wherever the package is installed. */
import { readFile } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import type { Plugin } from 'esbuild';

/**
 * Replaces `import.meta.url`, `import.meta.filename` and `import.meta.dirname` in every TypeScript module with the location that
 * the module's source file would have in the package. Every compiled file must be in a folder directly below the package's own.
 * @param root the folder of Slipway's source
 */
export const packageLocations = (root: string): Plugin => ({
  name: 'package-locations',
  setup(bundler) {
    bundler.onLoad({ filter: /\.[mc]?ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      if (!text.includes('import.meta.')) return undefined;
      const { code } = await bundler.esbuild.transform(text, {
        loader: 'ts',
        define: {
          'import.meta.url': '__locationUrl',
          'import.meta.filename': '__locationFile',
          'import.meta.dirname': '__locationFolder',
        },
      });
      const file = relative(root, path).split(sep).join('/');
      return { contents: `${locations(file)}\n${code}` };
    });
  },
});

/** Returns the declarations of a module's location. `__dirname` is the folder of the compiled file. */
const locations = (file: string): string => `
  import { dirname as __dirnameOf, join as __join } from 'node:path';
  import { pathToFileURL as __urlOf } from 'node:url';
  const __locationFile = /* @__PURE__ */ __join(__dirname, '..', ${JSON.stringify(file)});
  const __locationFolder = /* @__PURE__ */ __dirnameOf(__locationFile);
  const __locationUrl = /* @__PURE__ */ __urlOf(__locationFile).href;`;
