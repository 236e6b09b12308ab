/** Describes the files of a change in a few words. */
import { existsSync } from 'node:fs';
import { relative } from 'node:path';

/**
 * Names the first file of a change, and counts the others. Removed files count only if no file is left: most editors write a
 * temporary file first.
 * @param files absolute
 * @param folder paths are relative to it, absolute
 */
export function shownChange(files: readonly string[], folder: string): string {
  const left = files.filter((file) => existsSync(file));
  const [first = '', ...others] = (left.length > 0 ? left : files).map(
    (file) => relative(folder, file) || file,
  );
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}
