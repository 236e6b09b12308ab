// An esbuild plugin: leaves out the schemas of the AWS clients that no command uses.
// @ts-check
import { readFile } from 'node:fs/promises';

/**
 * The schemas of a client are in one file, which has 1.3 MB for EC2. Their keys are computed from constants (`[_xN]: …`), and
 * esbuild must assume that computing a key has a side effect. With string literals as keys, it drops unused schemas.
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
