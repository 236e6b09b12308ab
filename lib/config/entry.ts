/** Finds the entry file of the program in a source folder. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The entry files of a program without `main` in its package.json; the first that exists is used. */
export const ENTRIES = ['src/main.ts', 'src/index.ts', 'main.ts', 'index.ts'] as const;

/**
 * Returns the entry file of a folder: `main` of its package.json, or else the first of `ENTRIES` that exists.
 * @returns the path of the file, which begins with `folder`; undefined when there is no such file
 */
export const entryOf = (folder: string): string | undefined =>
  [...mainOf(folder), ...ENTRIES].map((file) => join(folder, file)).find((path) => kindOf(path) === 'file');

/** Returns what is at a path, following links; undefined when there is nothing, or no permission to see it. */
export function kindOf(path: string): 'file' | 'folder' | undefined {
  try {
    const stats = statSync(path);
    return stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : undefined;
  } catch {
    return undefined;
  }
}

function mainOf(folder: string): string[] {
  try {
    const { main } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { main?: unknown };
    return typeof main === 'string' ? [main] : [];
  } catch {
    return []; // no package.json, or not JSON: the default entry files remain
  }
}
