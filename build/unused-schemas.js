// An esbuild plugin: lets esbuild drop the unused schemas of the AWS clients.
// @ts-check
import { readFile } from 'node:fs/promises';

/**
 * All schemas of a client are in one file; the file of EC2 has 1.3 MB. The keys in a schema are computed from constants
 * (`[_xN]: …`), and esbuild must assume that computing a key has a side effect. This plugin replaces the constants with their
 * values, so that esbuild drops unused schemas.
 * @type {import('esbuild').Plugin}
 */
export const unusedSchemas = {
  name: 'unused-schemas',
  setup({ onLoad }) {
    onLoad({ filter: /client-[\w-]+[\\/]dist-es[\\/]schemas[\\/]\w+\.js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const literals = new Map(
        [...text.matchAll(/^const (_\w+) = (".*");$/gm)].map(([, name = '', value = '']) => [name, value]),
      );
      return {
        contents: text.replace(/\[(_\w+)\]:/g, (key, name) =>
          literals.has(name) ? `${literals.get(name)}:` : key,
        ),
      };
    });
  },
};
