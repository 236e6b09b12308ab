/** Finds the files outside of a program's folder that it imports, such as the package that contains it, and what these need. */
import { dirname, join, resolve } from 'node:path';
import { isBuiltin } from 'node:module';
import { build, type Plugin } from 'esbuild';
import { kindOf } from '../config/path-kind.ts';
import { isIn, type ImportedPackage } from './packages.ts';

/** The imports that the package.json of a program's folder does not declare. */
export interface OutsideImports {
  /** Imported files outside of the folder, and the package.json files that apply to them and to the program. */
  readonly files: readonly string[];
  /** The packages that these files import, and those of a program without a package.json in its folder. */
  readonly packages: readonly ImportedPackage[];
}

const CODE = /\.[cm]?[jt]sx?$/;
/** Matches the name of the package in an import: `a` in `a/b`, and `@s/a` in `@s/a/b`. */
const PACKAGE_NAME = /^(?:@[^/]+\/)?[^@./][^/]*/;

/**
 * Follows the imports of a program through the files of its project. Imports with a computed name are not followed.
 * @param folder of the program, absolute
 * @param root the outermost folder of the project, absolute; nothing is found if it is the folder itself
 * @param entry the file that starts, relative to the folder; nothing is found if it is undefined
 */
export async function outsideImports(
  folder: string,
  root: string,
  entry: string | undefined,
): Promise<OutsideImports> {
  if (entry === undefined || folder === root) return { files: [], packages: [] };
  const files = new Set<string>();
  const packages = new Map<string, ImportedPackage>();
  const start = resolve(folder, entry);
  const isDeclared = kindOf(join(folder, 'package.json')) === 'file';
  const follow: Plugin = {
    name: 'imports of a program',
    setup: (builder) => {
      builder.onResolve({ filter: /.*/ }, async ({ path, importer, resolveDir, kind, pluginData }) => {
        if (kind === 'entry-point' || pluginData === follow) return undefined;
        const external = { path, external: true };
        if (isBuiltin(path)) return external;
        const [name] = PACKAGE_NAME.exec(path) ?? [];
        if (name !== undefined && isInstalled(name, resolveDir, root)) {
          if (!isDeclared || !isIn(importer, folder))
            packages.set(`${name} ${resolveDir}`, { name, from: resolveDir });
          return external;
        }
        const found = await builder.resolve(path, { importer, resolveDir, kind, pluginData: follow });
        if (found.errors.length > 0 || found.external || !isIn(found.path, root)) return external;
        if (!isIn(found.path, folder)) files.add(found.path);
        return CODE.test(found.path) ? { path: found.path } : external;
      });
    },
  };
  // The errors of files are reported when they are compiled or run.
  await build({
    entryPoints: [start],
    ...{ bundle: true, write: false, platform: 'node', format: 'esm', logLevel: 'silent' },
    plugins: [follow],
  }).catch(() => undefined);
  for (const file of [start, ...files]) {
    const manifest = manifestOf(dirname(file), root);
    if (manifest !== undefined && !isIn(manifest, folder)) files.add(manifest);
  }
  return { files: [...files].sort(), packages: [...packages.values()] };
}

/** Whether Node finds a package in a `node_modules` folder, from a folder upwards. */
function isInstalled(name: string, from: string, root: string): boolean {
  if (kindOf(join(from, 'node_modules', name)) === 'folder') return true;
  return isIn(dirname(from), root) && isInstalled(name, dirname(from), root);
}

/** Returns the nearest package.json, which decides the module format of a file. */
function manifestOf(folder: string, root: string): string | undefined {
  const file = join(folder, 'package.json');
  if (kindOf(file) === 'file') return file;
  return folder === root ? undefined : manifestOf(dirname(folder), root);
}
