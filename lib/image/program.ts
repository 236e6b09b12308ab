/** Bundles the program of a source folder into two files: the program with everything it imports, and its source map. */
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type BuildFailure, type BuildOptions, type OutputFile } from 'esbuild';
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
  const options = await bundleOptionsOf(folder, settings);
  try {
    const { outputFiles } = await build(options);
    return programFiles(outputFiles, options.absWorkingDir);
  } catch (error) {
    throw bundleFailed(folder, error);
  }
}

/** The options of esbuild for the program of a folder. */
export interface ProgramBuildOptions extends BuildOptions {
  readonly write: false;
  /** The folder, without links. */
  readonly absWorkingDir: string;
  readonly entryPoints: string[];
}

/**
 * Returns the options with which the program of a folder is bundled.
 * @throws BUNDLE when what starts is not a file; NO_PROGRAM, SEVERAL_PROGRAMS
 */
export async function bundleOptionsOf(
  folder: string,
  settings: Omit<Source, 'source'> = {},
): Promise<ProgramBuildOptions> {
  const real = await realpath(folder);
  const { entry, reason } = startOfContainer({ ...settings, source: real });
  if (entry === undefined) throw noEntry(folder, reason);
  return { ...OPTIONS, entryPoints: [join(real, entry)], absWorkingDir: real, outfile: join(real, PROGRAM) };
}

/** Returns the files of a program from the output of esbuild. */
export function programFiles(outputFiles: readonly OutputFile[], folder: string): ProgramFile[] {
  const output = (name: string) => outputFiles.find(({ path }) => path === join(folder, name));
  return [
    { name: PROGRAM, bytes: output(PROGRAM)?.contents ?? new Uint8Array() },
    { name: MAP, bytes: new TextEncoder().encode(withRelativeSources(output(MAP)?.text ?? '{}')) },
  ];
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

/** Returns the problem with a source that esbuild cannot bundle. */
export function bundleFailed(folder: string, cause: unknown): Problem {
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
