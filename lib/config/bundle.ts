/** Bundles a TypeScript module that is not part of Slipway with all that it imports, and leads places in it back to its source. */
import { SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type BuildFailure, type OutputFile } from 'esbuild';
import { places } from '../../build/source-locations.js';

/** A module as one text that needs no loader and no file of its own. */
export interface ModuleBundle {
  /** To be imported. */
  readonly url: string;
  /** A stack with the places of the source in place of those of the bundle. */
  readonly mapped: (stack: string) => string;
}

/**
 * @param path absolute
 * @throws SyntaxError with the place when it cannot be bundled
 * @see https://esbuild.github.io/api/#build
 */
export async function bundleModule(path: string): Promise<ModuleBundle> {
  const outfile = `${path}.mjs`;
  const files = await bundled(path, outfile);
  const [map, code] = [/\.map$/, /\.mjs$/].map(
    (ending) => files.find((file) => ending.test(file.path))?.text ?? '',
  );
  // As a URL nothing of it is ever on the disk. The last line gives it a short name in stacks.
  const name = pathToFileURL(outfile).href;
  const text = `${code}\n//# sourceURL=${name}\n`;
  return {
    url: `data:text/javascript;base64,${Buffer.from(text).toString('base64')}`,
    mapped: (stack) => mapped(stack, { name, map: map ?? '', folder: dirname(path) }),
  };
}

async function bundled(path: string, outfile: string): Promise<readonly OutputFile[]> {
  try {
    const { outputFiles } = await build({
      entryPoints: [path],
      absWorkingDir: dirname(path),
      bundle: true,
      write: false,
      platform: 'node',
      target: 'node20',
      format: 'esm',
      // Packages that are CommonJS may require Node's own modules.
      banner: {
        js: `import{createRequire as __from}from'node:module';const require=__from(${JSON.stringify(pathToFileURL(path).href)});`,
      },
      sourcemap: 'external',
      sourcesContent: false,
      outfile,
      logLevel: 'silent',
      plugins: [places],
    });
    return outputFiles;
  } catch (error) {
    const { errors = [], message } = error as Partial<BuildFailure>;
    throw new SyntaxError(errors.map(lineOf).join('\n') || message, { cause: error });
  }
}

const lineOf = ({ text, location }: BuildFailure['errors'][number]): string =>
  location ? `${location.file}, line ${location.line}: ${withoutTexts(text)}` : withoutTexts(text);

/** «found "'secret'"»: a text that stands where it should not may be one that nobody should read. */
const withoutTexts = (text: string): string => text.replace(/"(\\?["'`])[^]*"/, 'a text');

interface Mapping {
  /** As stacks have it. */
  readonly name: string;
  readonly map: string;
  /** What its sources are relative to. */
  readonly folder: string;
}

/** Node maps by itself only what lies in files. */
function mapped(stack: string, { name, map, folder }: Mapping): string {
  const [head = '', ...frames] = stack.split(`${name}:`);
  if (frames.length === 0) return stack;
  const places = new SourceMap(JSON.parse(map) as SourceMapPayload);
  const placed = frames.map((frame) => {
    const [, line = '1', column = '1', rest = ''] = /^(\d+):(\d+)([^]*)$/.exec(frame) ?? [];
    const entry = places.findEntry(Number(line) - 1, Number(column) - 1);
    if (!('originalSource' in entry)) return `${name}:${frame}`;
    const { originalSource, originalLine, originalColumn } = entry;
    return `${join(folder, originalSource)}:${originalLine + 1}:${originalColumn + 1}${rest}`;
  });
  return head + placed.join('');
}
