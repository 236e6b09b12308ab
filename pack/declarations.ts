/** Writes the type declarations of the package: those of `index.ts`, and of the files that they refer to. */
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import * as z from 'zod';
import { stackNode } from '../lib/config/schema-nodes.ts';
import { Stack } from '../lib/config/schema.ts';
import { schemaType } from './schema-type.ts';

/** A declaration file, relative to the folder of the package's files. */
export interface Declaration {
  readonly path: string;
  readonly text: string;
}

/** This file infers its types from Zod, which the package does not install; the types are written from the schema instead. */
const SCHEMA = 'lib/config/schema.ts';
const schemaDeclarations = (): string => `/** A stack as a user writes it. */
export type StackInput = ${schemaType(stackNode())};
/** A stack with its defaults. */
export type StackOutput = ${schemaType(z.toJSONSchema(Stack, { io: 'output' }))};
`;

/**
 * Returns the declarations of a file, and of all files that these refer to.
 * @param root the folder of Slipway's source
 * @param entry a file in it, e.g. `index.ts`
 * @throws Error if the declarations refer to a package, which the user may not have
 */
export function declarationsOf(root: string, entry: string): Declaration[] {
  const emitted = emitDeclarations(root, entry);
  const found = new Map<string, string>();
  const pending = [entry];
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    if (found.has(file)) continue;
    const text = file === SCHEMA ? schemaDeclarations() : emitted.get(file);
    if (text === undefined) throw new Error(`${file} has no declarations`);
    found.set(file, text);
    for (const { fileName } of importsIn(text)) {
      if (!fileName.startsWith('.')) throw new Error(`The declarations of ${file} refer to ${fileName}`);
      pending.push(join(dirname(file), fileName));
    }
  }
  return [...found].map(([file, text]) => ({
    path: file.replace(/\.ts$/, '.d.ts'),
    text: withCompiledImports(text),
  }));
}

/** Lists the files in import and export declarations, and in inline import types. */
const importsIn = (text: string): readonly ts.FileReference[] => ts.preProcessFile(text).importedFiles;

/** Replaces the extension `.ts` of imported files with `.js`, which every module resolution of TypeScript accepts. */
const withCompiledImports = (text: string): string =>
  importsIn(text).reduceRight(
    (result, { end }) =>
      // The quotation mark after the name may be part of the range.
      result.slice(0, end - 4) + result.slice(end - 4).replace(/\.ts(?=["'])/, '.js'),
    text,
  );

/** Compiles a file and everything that it imports. @returns the declarations by source file */
function emitDeclarations(root: string, entry: string): Map<string, string> {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
    config: { compilerOptions: object };
  };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  const program = ts.createProgram([join(root, entry)], {
    ...options,
    noEmit: false,
    incremental: false,
    tsBuildInfoFile: undefined,
    declaration: true,
    emitDeclarationOnly: true,
  });
  const texts = new Map<string, string>();
  program.emit(undefined, (_path, text, _mark, _onError, sources) => {
    const [source] = sources ?? [];
    if (source) texts.set(relative(root, source.fileName), text);
  });
  return texts;
}
