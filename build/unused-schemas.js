// An esbuild plugin: what no command of ours uses of the AWS clients' schemas is left out.
// @ts-check
import { readFile } from 'node:fs/promises';

/**
 * The schemas of a client are one file, of which EC2's alone has 1.3 MB. Their keys are constants (`[_xN]: …`), and to
 * compute a key may have an effect, as far as esbuild knows: with the texts themselves in place, it drops what is unused.
 * @type {import('esbuild').Plugin}
 */
export const schemas = {
  name: 'schemas',
  setup({ onLoad }) {
    onLoad({ filter: /client-[\w-]+[\\/]dist-es[\\/]schemas[\\/]\w+\.js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const texts = new Map(
        [...text.matchAll(/^const (_\w+) = (".*");$/gm)].map(([, name = '', value = '']) => [name, value]),
      );
      return {
        contents: text.replace(/\[(_\w+)\]:/g, (key, name) =>
          texts.has(name) ? `${texts.get(name)}:` : key,
        ),
      };
    });
  },
};
