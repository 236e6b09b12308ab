/** Reads the parts of a package.json that decide what a program consists of. */
import { join } from 'node:path';
import { readRegularFileSync } from '../config/regular-file.ts';

/** A package.json. Only fields of the expected type are present, since nothing checks a file that others wrote. */
export interface PackageManifest {
  readonly name?: string;
  readonly version?: string;
  readonly type?: string;
  readonly main?: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  /** Packages that are inside the package itself. */
  readonly bundled: readonly string[];
  /** The file names of the package's executables, i.e. without the folders that npm ignores as well. */
  readonly binNames: readonly string[];
  readonly scripts: Readonly<Record<string, string>>;
  /** The operating systems, processors and C libraries that it is for, e.g. `linux` or `!win32`; empty for all. */
  readonly os: readonly string[];
  readonly cpu: readonly string[];
  readonly workspaces: readonly string[];
  /** The files that other packages import: every path in `main`, `exports` and `bin`. */
  readonly entryFiles: readonly string[];
}

/**
 * Reads the package.json of a folder. The calls are synchronous, since a program has many packages, and asynchronous calls take longer.
 * @returns undefined if the file is missing or does not contain a JSON object
 */
export async function readManifest(folder: string): Promise<PackageManifest | undefined> {
  try {
    return parsePackageManifest(readRegularFileSync(join(folder, 'package.json')));
  } catch {
    return undefined;
  }
}

/** Parses a package.json. @returns undefined if the text is not a JSON object */
export function parsePackageManifest(text: string): PackageManifest | undefined {
  try {
    // Node and npm ignore a byte order mark, too.
    return manifestOf(JSON.parse(text.replace(/^\uFEFF/, '')));
  } catch {
    return undefined;
  }
}

/** @see https://docs.npmjs.com/cli/v11/configuring-npm/package-json */
function manifestOf(value: unknown): PackageManifest | undefined {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined;
  return fieldsIn(value as Record<string, unknown>);
}

function fieldsIn(fields: Readonly<Record<string, unknown>>): PackageManifest {
  const { name, version, type, main, bin, exports, workspaces } = fields;
  const bundled = fields['bundleDependencies'] ?? fields['bundledDependencies'];
  const dependencies = packagesIn(fields['dependencies']);
  const workspaceFields = workspaces as { packages?: unknown } | undefined;
  return {
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof version === 'string' ? { version } : {}),
    ...(typeof type === 'string' ? { type } : {}),
    ...(typeof main === 'string' ? { main } : {}),
    dependencies,
    optionalDependencies: packagesIn(fields['optionalDependencies']),
    devDependencies: packagesIn(fields['devDependencies']),
    peerDependencies: packagesIn(fields['peerDependencies']),
    bundled: bundled === true ? Object.keys(dependencies) : listIn(bundled).filter(isPackageName),
    binNames: (typeof bin === 'string' && typeof name === 'string' ? [name] : Object.keys(stringsIn(bin)))
      .map((path) => path.slice(path.search(/[^/\\:]*$/)))
      .filter(isFileName),
    scripts: stringsIn(fields['scripts']),
    os: listIn(fields['os']),
    cpu: listIn(fields['cpu']),
    workspaces: listIn(Array.isArray(workspaces) ? workspaces : workspaceFields?.packages),
    entryFiles: [...pathsIn(main), ...pathsIn(exports), ...pathsIn(bin)],
  };
}

/** Whether a name stays in its folder: its publisher may choose any. */
const isFileName = (name: string): boolean => name !== '' && name !== '.' && name !== '..';

const isPackageName = (name: string): boolean =>
  /^(@[^/\\]+\/)?[^/\\]+$/.test(name) && name.split('/').every(isFileName);

const packagesIn = (value: unknown): Record<string, string> =>
  Object.fromEntries(Object.entries(stringsIn(value)).filter(([name]) => isPackageName(name)));

const stringsIn = (value: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {}).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );

const listIn = (value: unknown): string[] =>
  (Array.isArray(value) ? value : typeof value === 'string' ? [value] : []).filter(
    (item): item is string => typeof item === 'string',
  );

/** Returns all paths in a value, at every depth, without the leading `./`. */
function pathsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value.replace(/^\.\//, '')];
  if (value === null || typeof value !== 'object') return [];
  return Object.values(value).flatMap(pathsIn);
}

/** A package.json without fields. */
export const NO_FIELDS: PackageManifest = fieldsIn({});
