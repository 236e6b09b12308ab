/** Compiles each TypeScript file of a program separately, so that the program keeps its files and folders without a build step. */
import { dirname, extname, resolve } from 'node:path';
import { build, type BuildFailure, type BuildOptions, type BuildResult, type Message } from 'esbuild';
import { errorLine, shownPath } from '../config/location.ts';
import { NOTHING_CHANGED, problem, type Problem } from '../model/problem.ts';
import { metadataPlugin } from './decorator-metadata.ts';
import { importsPlugin, type ImportGraph } from './imports.ts';
import { readManifest } from './manifest.ts';

/** A compiled file and its source map. */
export interface CompiledFile {
  readonly code: Uint8Array;
  readonly map: Uint8Array;
}

/** The result of a compilation. */
export interface Compilation {
  /** Keyed by the path of the source file. */
  readonly files: ReadonlyMap<string, CompiledFile>;
  /** The errors of the files that cannot be compiled, keyed by path, with locations. */
  readonly errors: ReadonlyMap<string, readonly string[]>;
  /** The files that each file imports. */
  readonly imports: ImportGraph;
}

/** The maximum number of errors that are reported. */
const MAX_ERRORS = 5;

type Format = 'cjs' | 'esm';

/** Files that become the same kind of module and have the same extension. */
interface Group {
  readonly format: Format;
  readonly extension: '.js' | '.mjs' | '.cjs';
  /** Whether package.json leaves the kind of module open, so that Node decides by the syntax of each file. */
  readonly isOpen: boolean;
  readonly files: readonly string[];
}

const OPTIONS = {
  platform: 'node',
  target: 'node20',
  // Everything that a file declares stays: a program may look for it by name.
  treeShaking: false,
  // Nest and others find classes by name, and esbuild would rename a class that is declared again, as decorated ones are.
  keepNames: true,
  legalComments: 'none',
  sourcemap: 'linked',
  sourcesContent: false,
  write: false,
  metafile: true,
  logLevel: 'silent',
} as const satisfies BuildOptions;

export const isTypeScript = (path: string): boolean =>
  /\.[cm]?tsx?$/.test(path) && !/\.d(\.[^./]+)?\.[cm]?ts$/.test(path);

/**
 * Compiles files. Imports are rewritten to the compiled files, because Node knows neither the paths of a tsconfig.json nor, in ES
 * modules, imports without an extension. The output is the same wherever the root is.
 * @param root the folder that contains all files, absolute and real
 * @param files absolute paths
 * @throws PACKAGE when metadata of decorators is needed and the project has no `typescript`
 * @see https://esbuild.github.io/plugins/#on-resolve
 */
export async function compileTypeScript(root: string, files: readonly string[]): Promise<Compilation> {
  const compiled = new Map<string, CompiledFile>();
  const errors = new Map<string, string[]>();
  const imports: ImportGraph = new Map();
  const metadata = await metadataPlugin(root, files);
  const run = async (
    group: Group,
    isBundle: boolean,
  ): Promise<BuildResult<typeof OPTIONS> | BuildFailure> => {
    const plugins = [...(isBundle ? [importsPlugin(root, imports)] : []), ...(metadata ? [metadata] : [])];
    return build({
      ...OPTIONS,
      bundle: isBundle,
      format: group.format,
      outExtension: { '.js': group.extension },
      absWorkingDir: root,
      outbase: root,
      outdir: root,
      entryPoints: [...group.files],
      plugins,
    }).catch((failure: BuildFailure) => failure);
  };
  const compile = async (group: Group, isBundle = true): Promise<void> => {
    if (group.files.length === 0) return;
    const result = await run(group, isBundle);
    if (!('outputFiles' in result)) {
      const failed = byFile(root, result.errors);
      const own = [...failed.keys()].filter((file) => group.files.includes(file));
      // Only other files have errors, such as a JSON file or a tsconfig.json.
      if (own.length === 0)
        throw compileErrors(
          root,
          result.errors.map((error) => errorLine(root, error)),
        );
      const [asModules, broken] = partition(own, (file) => canBeModule(group, failed.get(file) ?? []));
      for (const file of broken)
        errors.set(
          file,
          (failed.get(file) ?? []).map((error) => errorLine(root, error)),
        );
      await compile({ ...group, format: 'esm', files: asModules }, isBundle);
      return compile({ ...group, files: group.files.filter((file) => !own.includes(file)) }, isBundle);
    }
    const usesMeta = byFile(
      root,
      result.warnings.filter(({ id }) => id === 'empty-import-meta'),
    );
    const asModules = group.format === 'cjs' && group.isOpen ? [...usesMeta.keys()] : [];
    // A bundle wraps a file that uses `module` or `exports`, and then `require.main` is another module than `module`.
    const commonJs = Object.entries(result.metafile.inputs)
      .filter(([, { format }]) => isBundle && format === 'cjs')
      .map(([path]) => resolve(root, path))
      .filter((path) => group.files.includes(path));
    const outputs = new Map(result.outputFiles.map(({ path, contents }) => [path, contents]));
    for (const [path, { entryPoint }] of Object.entries(result.metafile.outputs)) {
      const source = entryPoint === undefined ? undefined : resolve(root, entryPoint);
      const output = resolve(root, path);
      const code = outputs.get(output);
      if (source === undefined || code === undefined) continue;
      if (asModules.includes(source) || commonJs.includes(source)) continue;
      compiled.set(source, { code, map: outputs.get(`${output}.map`) ?? new Uint8Array() });
    }
    await compile({ ...group, format: 'esm', files: asModules });
    await compile({ ...group, files: commonJs.filter((file) => !asModules.includes(file)) }, false);
  };
  for (const group of await groupsOf(root, files)) await compile(group);
  return { files: compiled, errors, imports };
}

/** Whether a file that is no CommonJS module can be an ES module instead, which may await at the top level. */
const canBeModule = ({ format, isOpen }: Group, errors: readonly Message[]): boolean =>
  format === 'cjs' && isOpen && errors.every(({ text }) => /top-level await/i.test(text));

function byFile(root: string, messages: readonly Message[]): Map<string, Message[]> {
  const found = new Map<string, Message[]>();
  for (const message of messages) {
    if (!message.location) continue;
    const path = resolve(root, message.location.file);
    found.set(path, [...(found.get(path) ?? []), message]);
  }
  return found;
}

const partition = <Item>(items: readonly Item[], isFirst: (item: Item) => boolean): [Item[], Item[]] => [
  items.filter(isFirst),
  items.filter((item) => !isFirst(item)),
];

/** Groups files by the kind of module that Node takes them for. @see https://nodejs.org/api/packages.html#determining-module-system */
async function groupsOf(root: string, files: readonly string[]): Promise<Group[]> {
  const types = new Map<string, Promise<string | undefined>>();
  const groups = new Map<string, Group & { files: string[] }>();
  for (const file of files) {
    const [, letter = ''] = /^\.([cm]?)tsx?$/.exec(extname(file)) ?? [];
    const type = letter === '' ? await typeOf(dirname(file), root, types) : undefined;
    const format = letter === 'm' || type === 'module' ? 'esm' : 'cjs';
    const isOpen = letter === '' && type === undefined;
    const key = `${letter} ${format} ${isOpen}`;
    const group = groups.get(key) ?? {
      format,
      extension: `.${letter}js` as Group['extension'],
      isOpen,
      files: [],
    };
    group.files.push(file);
    groups.set(key, group);
  }
  return [...groups.values()];
}

function typeOf(
  folder: string,
  root: string,
  known: Map<string, Promise<string | undefined>>,
): Promise<string | undefined> {
  const type = known.get(folder) ?? findType(folder, root, known);
  known.set(folder, type);
  return type;
}

async function findType(
  folder: string,
  root: string,
  known: Parameters<typeof typeOf>[2],
): Promise<string | undefined> {
  const manifest = await readManifest(folder);
  if (manifest || folder === root || dirname(folder) === folder) return manifest?.type;
  return typeOf(dirname(folder), root, known);
}

/**
 * Returns the source files that an entry file imports, directly and indirectly.
 * @param entry absolute
 */
export function reachableFrom(entry: string, imports: ImportGraph): Set<string> {
  const reached = new Set([entry]);
  // A set may grow while it is iterated, and the iteration then reaches the new elements.
  for (const file of reached) for (const imported of imports.get(file) ?? []) reached.add(imported);
  return reached;
}

/** The problem of a program that cannot be compiled. @param lines the errors, each with its place */
export const compileErrors = (folder: string, lines: readonly string[]): Problem =>
  problem('PACKAGE', {
    what: `${shownPath(folder)} cannot be compiled.`,
    why: [
      ...lines.slice(0, MAX_ERRORS),
      ...(lines.length > MAX_ERRORS ? [`and ${lines.length - MAX_ERRORS} more`] : []),
    ].join('\n'),
    now: NOTHING_CHANGED,
    fix: ['Correct the errors named above.'],
  });
