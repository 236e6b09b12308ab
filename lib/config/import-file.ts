/** Imports a TypeScript module that is not part of Slipway: bundled with all that it imports, then run. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type BuildFailure } from 'esbuild';
import { places } from '../places.js';

/**
 * Bundled, it needs no loader, and is itself again at every call.
 * @param path absolute
 * @returns its exports
 * @throws what it throws, with its lines in the stack; SyntaxError with the place when it cannot be bundled
 * @see https://esbuild.github.io/api/#build
 */
export async function importFile(path: string): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-'));
  try {
    const file = join(folder, 'module.mjs');
    await writeFile(file, await bundle(path), { mode: 0o600 });
    // What it throws is told with its line in the source.
    process.setSourceMapsEnabled(true);
    return await import(pathToFileURL(file).href);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function bundle(path: string): Promise<Uint8Array> {
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
      sourcemap: 'inline',
      sourceRoot: pathToFileURL(`${dirname(path)}/`).href,
      outfile: `${path}.mjs`,
      logLevel: 'silent',
      plugins: [places],
    });
    return outputFiles[0]?.contents ?? new Uint8Array();
  } catch (error) {
    const { errors = [], message } = error as Partial<BuildFailure>;
    throw new SyntaxError(errors.map(lineOf).join('\n') || message, { cause: error });
  }
}

const lineOf = ({ text, location }: BuildFailure['errors'][number]): string =>
  location ? `${location.file}, line ${location.line}: ${text}` : text;
