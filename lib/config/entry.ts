/** Where the program of a source folder starts. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Where a program without `main` in its package.json starts: the first of these that exists. */
export const ENTRIES = ['src/main.ts', 'src/index.ts', 'main.ts', 'index.ts'] as const;

/**
 * The file that a bundle of the folder starts from: `main` of its package.json, or else the first of `ENTRIES`.
 * @returns its path, which begins with the folder's; undefined when there is none
 */
export const entryOf = (folder: string): string | undefined =>
  [...mainOf(folder), ...ENTRIES].map((file) => join(folder, file)).find((path) => kindOf(path) === 'file');

/** What lies at a path, links followed; undefined when that cannot be seen. */
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
    return []; // no package.json, or no JSON: the usual places are left
  }
}
