/** Finds the outermost folder of the project that a source folder belongs to: packages and links may lead anywhere inside it. */
import { dirname, join } from 'node:path';
import { kindOf } from '../config/path-kind.ts';

/** The lockfiles of the package managers. */
export const LOCKFILES = [
  'package-lock.json',
  'npm-shrinkwrap.json',
  'pnpm-lock.yaml',
  'yarn.lock',
  'bun.lock',
] as const;

/** The files and folders that mark the root of a repository or of a workspace. */
const MARKS = ['.git', 'pnpm-workspace.yaml', ...LOCKFILES];

/**
 * Returns the outermost folder above a source folder that has a lockfile, a workspace or a repository; otherwise the folder itself.
 * Workspaces install packages there, not in the source folder.
 * @param folder absolute
 * @see https://docs.npmjs.com/cli/v11/using-npm/workspaces
 */
export function projectRootOf(folder: string): string {
  let root = folder;
  for (let current = folder; ; current = dirname(current)) {
    if (MARKS.some((name) => kindOf(join(current, name)) !== undefined)) root = current;
    if (dirname(current) === current) return root;
  }
}
