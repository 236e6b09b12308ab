/** The program of a source folder as two files: itself with everything it imports, and the map back to its source. */
import { realpath } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { build, type BuildFailure, type BuildOptions, type Message } from 'esbuild';
import { ENTRIES, entryOf } from '../config/entry.ts';
import { NOTHING_CHANGED, problem, type Problem } from '../model/problem.ts';

/** A file of an image. */
export interface ProgramFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export const PROGRAM = 'main.cjs';
const MAP = `${PROGRAM}.map`;

/** How many errors are told. */
const MAX_ERRORS = 5;

/**
 * CommonJS, since a bundle is what its packages are: Express and pino `require` Node's own modules, which a bundle
 * that is an ES module refuses at run time, and a program may ask whether `require.main` is itself. A program that is
 * an ES module loses top-level await, which esbuild says, and `import.meta`, which is given back here.
 * Minified, since only then no path is in it: otherwise esbuild writes one above every module, and packages need not
 * lie at the same place in every checkout.
 * @see https://esbuild.github.io/api/
 */
const OPTIONS = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  define: {
    'import.meta.url': '__metaUrl',
    'import.meta.filename': '__metaFilename',
    'import.meta.dirname': '__metaDirname',
  },
  banner: {
    js: 'const __metaFilename=__filename,__metaDirname=__dirname,__metaUrl=require("node:url").pathToFileURL(__filename).href;',
  },
  minify: true,
  // For logs: classes and functions keep their names, and a crash shows a short line instead of the whole program.
  keepNames: true,
  lineLimit: 120,
  legalComments: 'none',
  sourcemap: 'linked',
  sourcesContent: false,
  write: false,
  logLevel: 'silent',
} as const satisfies BuildOptions;

/**
 * Bundles the program of a folder. The same source gives the same bytes, wherever it lies.
 * @param folder with the source, absolute
 * @throws BUNDLE with the place of every error
 */
export async function bundleProgram(folder: string): Promise<ProgramFile[]> {
  const real = await realpath(folder);
  const entry = entryOf(real);
  if (entry === undefined) throw noEntry(folder);
  try {
    const { outputFiles } = await build({
      ...OPTIONS,
      entryPoints: [entry],
      absWorkingDir: real,
      outfile: join(real, PROGRAM),
    });
    const output = (name: string) => outputFiles.find(({ path }) => path === join(real, name));
    return [
      { name: PROGRAM, bytes: output(PROGRAM)?.contents ?? new Uint8Array() },
      { name: MAP, bytes: new TextEncoder().encode(withRelativeSources(output(MAP)?.text ?? '{}')) },
    ];
  } catch (error) {
    throw bundleFailed(folder, error);
  }
}

/** A source map that says `src/main.ts` and `node_modules/express/lib/express.js`, wherever those really lie. */
function withRelativeSources(text: string): string {
  const map = JSON.parse(text) as { sources?: string[] };
  return JSON.stringify({
    ...map,
    sources: map.sources?.map((path) => path.replace(/^.*\/(?=node_modules\/)/, '')),
  });
}

const shown = (folder: string): string => relative(process.cwd(), folder) || '.';

const noEntry = (folder: string): Problem =>
  problem('BUNDLE', {
    what: `${shown(folder)} cannot be bundled.`,
    why: `It has no program where a bundle begins: no main in its package.json, and none of ${ENTRIES.join(', ')}.`,
    now: NOTHING_CHANGED,
    fix: [`Set main in ${join(shown(folder), 'package.json')} to the file that starts the program.`],
  });

function bundleFailed(folder: string, cause: unknown): Problem {
  const { errors = [], message } = cause as Partial<BuildFailure>;
  const lines = errors.slice(0, MAX_ERRORS).map((error) => lineOf(folder, error));
  if (errors.length > MAX_ERRORS) lines.push(`and ${errors.length - MAX_ERRORS} more`);
  return problem('BUNDLE', {
    what: `${shown(folder)} cannot be bundled.`,
    why: lines.join('\n') || message || String(cause),
    now: NOTHING_CHANGED,
    fix: ['Correct what is named above.', 'npm install, when it is a package that is missing'],
    cause,
  });
}

/** As compilers write it, so that editors and terminals can follow it; esbuild counts columns from 0. */
function lineOf(folder: string, { text, location }: Message): string {
  if (!location) return text;
  return `${join(shown(folder), location.file)}:${location.line}:${location.column + 1}: ${text}`;
}
