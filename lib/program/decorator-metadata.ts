/** An esbuild plugin for projects that emit decorator metadata, which only TypeScript's own compiler can: it needs the types. */
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import type { Plugin } from 'esbuild';
import type TypeScript from 'typescript';
import { kindOf } from '../config/path-kind.ts';
import { readRegularFile } from '../config/regular-file.ts';
import { shownPath } from '../config/location.ts';
import { NOTHING_CHANGED, problem, type Problem } from '../model/problem.ts';

type Compiler = typeof TypeScript;
type Options = TypeScript.CompilerOptions;

const DECORATOR = /^\s*@[A-Za-z_$]/m;

/**
 * Makes the plugin if a file has decorators and its tsconfig.json sets `emitDecoratorMetadata`. Nest, TypeORM and typedi inject
 * what the metadata names.
 * @param root the folder that contains all files, absolute
 * @param files absolute paths
 * @throws PACKAGE if the project has no `typescript`
 * @see https://www.typescriptlang.org/tsconfig/#emitDecoratorMetadata
 */
export async function metadataPlugin(root: string, files: readonly string[]): Promise<Plugin | undefined> {
  const decorated = new Map<string, string>();
  await Promise.all(
    files.map(async (file) => {
      const text = await readRegularFile(file);
      if (DECORATOR.test(text)) decorated.set(file, text);
    }),
  );
  const configs = new Map<string, string | undefined>();
  for (const file of decorated.keys()) configs.set(file, tsconfigOf(dirname(file), root));
  const configFiles = [...new Set(configs.values())].filter((file) => file !== undefined);
  const [first] = configFiles;
  if (first === undefined) return undefined;
  const compiler = await compilerOf(root, configFiles);
  if (compiler === undefined) return undefined;
  const options = new Map(configFiles.map((file) => [file, optionsOf(compiler, file)]));
  return {
    name: 'decorator metadata',
    setup(build) {
      build.onLoad({ filter: /\.[cm]?tsx?$/ }, ({ path }) => {
        const text = decorated.get(path);
        const settings = options.get(configs.get(path) ?? '');
        if (text === undefined || !settings?.emitDecoratorMetadata) return undefined;
        const { outputText } = compiler.transpileModule(text, {
          fileName: basename(path),
          compilerOptions: { ...settings, ...outputOptions(compiler) },
        });
        return { contents: outputText, loader: 'jsx', resolveDir: dirname(path) };
      });
    },
  };
}

/** The options that make the output an input of esbuild: an ES module with an inline source map and no helpers to import. */
const outputOptions = ({ ModuleKind, JsxEmit }: Compiler): Options => ({
  module: ModuleKind.ESNext,
  jsx: JsxEmit.Preserve,
  isolatedModules: true,
  importHelpers: false,
  inlineSourceMap: true,
  inlineSources: false,
  sourceMap: false,
  declaration: false,
  declarationMap: false,
  composite: false,
  incremental: false,
  noEmit: false,
  emitDeclarationOnly: false,
});

/** Returns the nearest tsconfig.json, which esbuild uses as well. */
function tsconfigOf(folder: string, root: string): string | undefined {
  const file = join(folder, 'tsconfig.json');
  if (kindOf(file) === 'file') return file;
  return folder === root || dirname(folder) === folder ? undefined : tsconfigOf(dirname(folder), root);
}

/** Finds the project's compiler, or else one that is installed next to Slipway. */
async function compilerOf(root: string, configFiles: readonly string[]): Promise<Compiler | undefined> {
  for (const from of [...configFiles, join(root, 'package.json'), import.meta.filename]) {
    try {
      const found = createRequire(from)('typescript') as Partial<Compiler>;
      if (found.transpileModule && found.parseJsonConfigFileContent) return found as Compiler;
    } catch {
      // not installed here
    }
  }
  // Without the compiler, an inherited setting is not visible.
  const texts = await Promise.all(configFiles.map((file) => readRegularFile(file)));
  const wanting = configFiles.find((_, index) =>
    /"emitDecoratorMetadata"\s*:\s*true/.test(texts[index] ?? ''),
  );
  if (wanting !== undefined) throw noCompiler(wanting);
  return undefined;
}

function optionsOf(compiler: Compiler, file: string): Options {
  const { config } = compiler.readConfigFile(file, (path) => compiler.sys.readFile(path)) as {
    config?: unknown;
  };
  // Only the options are needed, so no files are looked for.
  const host = { ...compiler.sys, readDirectory: () => [] };
  return compiler.parseJsonConfigFileContent(config ?? {}, host, dirname(file)).options;
}

const noCompiler = (tsconfig: string): Problem =>
  problem('PACKAGE', {
    what: `${shownPath(tsconfig)} needs the package typescript.`,
    why: 'It sets emitDecoratorMetadata, and only the compiler of TypeScript knows the types that the metadata names.',
    now: NOTHING_CHANGED,
    fix: [
      'npm install --save-dev typescript@5',
      'or remove emitDecoratorMetadata, if nothing reads the metadata',
    ],
  });
