/** Bundles a user's TypeScript module together with its imports, and maps locations in the bundle back to the source. */
import { SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type BuildFailure, type OutputFile } from 'esbuild';
import { sourceLocations } from '../../build/source-locations.js';
import { errorLine } from './location.ts';
import { ownPackage } from './own-package.ts';

/** A module with its imports, as one string that needs neither a loader nor a file. */
export interface ModuleBundle {
  /** A data URL to import. */
  readonly url: string;
  /** Maps the locations in a stack trace from the bundle to the source. */
  readonly mapStack: (stack: string) => string;
}

/**
 * Bundles a module.
 * @param path absolute
 * @throws SyntaxError with the location when it cannot be bundled
 * @see https://esbuild.github.io/api/#build
 */
export async function bundleModule(path: string): Promise<ModuleBundle> {
  const outfile = `${path}.mjs`;
  const files = await outputFilesOf(path, outfile);
  const [map, code] = [/\.map$/, /\.mjs$/].map(
    (ending) => files.find((file) => ending.test(file.path))?.text ?? '',
  );
  // A data URL, since the bundle is never written to disk. Without `sourceURL`, stack traces would contain the whole data URL.
  const name = pathToFileURL(outfile).href;
  const text = `${code}\n//# sourceURL=${name}\n`;
  return {
    url: `data:text/javascript;base64,${Buffer.from(text).toString('base64')}`,
    mapStack: (stack) => mapToSource(stack, { name, map: map ?? '', folder: dirname(path) }),
  };
}

/**
 * Returns the absolute paths of a module and of the files that it imports, except packages; only the module if it cannot be
 * bundled.
 */
export async function importedFiles(path: string): Promise<string[]> {
  const folder = dirname(path);
  const { metafile } = await build({
    entryPoints: [path],
    absWorkingDir: folder,
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    packages: 'external',
    logLevel: 'silent',
  }).catch(() => ({ metafile: { inputs: {} } }));
  return [...new Set([path, ...Object.keys(metafile.inputs).map((input) => resolve(folder, input))])];
}

async function outputFilesOf(path: string, outfile: string): Promise<readonly OutputFile[]> {
  try {
    const { outputFiles } = await build({
      entryPoints: [path],
      absWorkingDir: dirname(path),
      bundle: true,
      write: false,
      platform: 'node',
      target: 'node20',
      format: 'esm',
      // CommonJS packages may require Node's built-in modules.
      banner: {
        js: `import{createRequire as __from}from'node:module';const require=__from(${JSON.stringify(pathToFileURL(path).href)});`,
      },
      sourcemap: 'external',
      sourcesContent: false,
      outfile,
      logLevel: 'silent',
      plugins: [sourceLocations, ownPackage],
    });
    return outputFiles;
  } catch (error) {
    const { errors = [], message } = error as Partial<BuildFailure>;
    const lines = errors.map((one) => errorLine(dirname(path), one, describeMistake(one.text)));
    throw new SyntaxError(lines.join('\n') || message, { cause: error });
  }
}

/** Returns the message of an error without quoted text, and with the fix for the most common mistake: `{ my-service: … }`. */
const describeMistake = (text: string): string =>
  `${withoutQuotedText(text)}${/but found "-"$/.test(text) ? '. Put a name that contains a hyphen in quotes.' : ''}`;

/** Hides the quoted text in messages such as `found "'secret'"`: a misplaced string may be a secret. */
const withoutQuotedText = (text: string): string => text.replace(/"(\\?["'`])[^]*"/, 'a string');

interface Mapping {
  /** The name of the bundle in stack traces. */
  readonly name: string;
  readonly map: string;
  /** The folder that the sources in the map are relative to. */
  readonly folder: string;
}

/** Maps a stack trace; Node itself maps only modules that were loaded from files. */
function mapToSource(stack: string, { name, map, folder }: Mapping): string {
  const [head = '', ...frames] = stack.split(`${name}:`);
  if (frames.length === 0) return stack;
  const sourceMap = new SourceMap(JSON.parse(map) as SourceMapPayload);
  const mappedFrames = frames.map((frame) => {
    const [, line = '1', column = '1', rest = ''] = /^(\d+):(\d+)([^]*)$/.exec(frame) ?? [];
    const entry = sourceMap.findEntry(Number(line) - 1, Number(column) - 1);
    if (!('originalSource' in entry)) return `${name}:${frame}`;
    const { originalSource, originalLine, originalColumn } = entry;
    return `${join(folder, originalSource)}:${originalLine + 1}:${originalColumn + 1}${rest}`;
  });
  return head + mappedFrames.join('');
}
