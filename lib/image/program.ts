/** Bundles the program of a source folder into two files: the program with everything it imports, and its source map. */
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type BuildFailure, type BuildOptions } from 'esbuild';
import { errorLine, shownPath } from '../config/location.ts';
import type { Source } from '../config/config.ts';
import { startOfContainer } from '../config/program.ts';
import { NOTHING_CHANGED, problem, type Problem } from '../model/problem.ts';

/** A file of an image. */
export interface ProgramFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export const PROGRAM = 'main.cjs';
const MAP = `${PROGRAM}.map`;

/** The maximum number of errors that are reported. */
const MAX_ERRORS = 5;

/**
 * The format is CommonJS for two reasons. Express and pino `require` Node's own modules, and that fails at run time in an ES module.
 * Also, a program may compare `require.main` with its own module. CommonJS has no top-level await, so esbuild reports it as an error.
 * CommonJS has no `import.meta` either, so the definitions below replace it.
 *
 * The output is minified because esbuild would otherwise add a comment with the path of every module, and packages may be at
 * different paths in different checkouts.
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
  // For logs: classes and functions keep their names, and a crash prints a short line instead of the whole program.
  keepNames: true,
  lineLimit: 120,
  legalComments: 'none',
  sourcemap: 'linked',
  sourcesContent: false,
  write: false,
  logLevel: 'silent',
} as const satisfies BuildOptions;

/**
 * Bundles the program of a folder. The same source gives the same bytes, regardless of where the folder is.
 * @param folder with the source, absolute
 * @param settings the other fields of the source, such as its entry
 * @throws BUNDLE with the location of every error; NO_PROGRAM, SEVERAL_PROGRAMS
 */
export async function bundleProgram(
  folder: string,
  settings: Omit<Source, 'source'> = {},
): Promise<ProgramFile[]> {
  const real = await realpath(folder);
  const { entry, reason } = startOfContainer({ ...settings, source: real });
  if (entry === undefined) throw noEntry(folder, reason);
  try {
    const { outputFiles } = await build({
      ...OPTIONS,
      entryPoints: [join(real, entry)],
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

/**
 * Rewrites the paths in a source map so that they do not depend on where packages are, e.g. `src/main.ts` and
 * `node_modules/express/lib/express.js`.
 */
function withRelativeSources(text: string): string {
  const map = JSON.parse(text) as { sources?: string[] };
  return JSON.stringify({
    ...map,
    sources: map.sources?.map((path) => path.replace(/^.*\/(?=node_modules\/)/, '')),
  });
}

const noEntry = (folder: string, reason: string): Problem =>
  problem('BUNDLE', {
    what: `${shownPath(folder)} cannot be bundled.`,
    why: `${reason} That is not a file that Node runs.`,
    now: NOTHING_CHANGED,
    fix: ['Set `entry` of the container in slipway.config.ts to the file that starts the program.'],
  });

function bundleFailed(folder: string, cause: unknown): Problem {
  const { errors = [], message } = cause as Partial<BuildFailure>;
  const lines = errors.slice(0, MAX_ERRORS).map((error) => errorLine(folder, error));
  if (errors.length > MAX_ERRORS) lines.push(`and ${errors.length - MAX_ERRORS} more`);
  return problem('BUNDLE', {
    what: `${shownPath(folder)} cannot be bundled.`,
    why: lines.join('\n') || message || String(cause),
    now: NOTHING_CHANGED,
    fix: ['Correct the errors named above.', 'npm install, if a package is missing'],
    cause,
  });
}
