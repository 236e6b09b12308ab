/** Views of a folder: the questions that the decision about a start asks about its files. */
import { readdirSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { kindOf } from '../config/path-kind.ts';
import { readRegularFileSync } from '../config/regular-file.ts';
import { NO_FIELDS, parsePackageManifest, type PackageManifest } from './manifest.ts';

/** The files of a folder. Paths are relative to it, have slashes, and may lead out of it: `../package.json`. */
export interface FolderView {
  /** The absolute path of the folder, with slashes. */
  readonly path: string;
  /** Returns whether there is a file or a folder at a path, following links. */
  kindOf(path: string): 'file' | 'folder' | undefined;
  /** Returns the content of a file; undefined if it cannot be read. */
  read(path: string): string | undefined;
  /** Returns the names in a folder, sorted; empty if it cannot be read. */
  list(path: string): readonly string[];
}

/** @param folder absolute */
export const viewFolder = (folder: string): FolderView => {
  const at = (path: string) => (isAbsolute(path) ? path : join(folder, path));
  const attempt = <T>(action: () => T): T | undefined => {
    try {
      return action();
    } catch {
      return undefined;
    }
  };
  return {
    path: folder.replaceAll('\\', '/'),
    kindOf: (path) => kindOf(at(path)),
    read: (path) => attempt(() => readRegularFileSync(at(path))),
    list: (path) => attempt(() => readdirSync(at(path)).sort()) ?? [],
  };
};

/** Reads a package.json of a view; a file that is missing or does not contain a JSON object has no fields. */
export const readManifestFields = (view: FolderView, path = 'package.json'): PackageManifest =>
  parsePackageManifest(view.read(path) ?? '') ?? NO_FIELDS;

/** Parses JSON, with comments and trailing commas as in a tsconfig.json. Returns undefined for anything else. */
export function parseJson(text: string): unknown {
  const plain = text
    .replace(/^\uFEFF/, '')
    .replace(/("(?:\\.|[^"\\])*")|\/\/.*|\/\*[^]*?\*\//g, (_, quoted?: string) => quoted ?? '')
    .replace(/("(?:\\.|[^"\\])*")|,(?=\s*[}\]])/g, (_, quoted?: string) => quoted ?? '');
  try {
    return JSON.parse(plain) as unknown;
  } catch {
    return undefined;
  }
}

/** Returns an object as it is, and an empty object for any other value. */
export const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
