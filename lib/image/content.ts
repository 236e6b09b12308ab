/** Hashes a folder's content: the hash changes whenever a file changes that a build of the folder can see. */
import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { readRegularFile } from '../config/regular-file.ts';
import { list, readListed } from '../program/disk.ts';
import { buildContextFilter } from './dockerignore.ts';

/** The Dockerfile of a build. */
export interface BuildFile {
  /** The absolute path, if it is not the usual file in the folder. */
  readonly dockerfile?: string | undefined;
}

/**
 * Hashes the paths, modes and bytes of all files that a build of the folder can see. As in Git, only the executable bit of a
 * mode counts, so that two checkouts of the same commit have the same hash. Empty folders do not count.
 * @param folder the build context, absolute
 * @returns 64 hexadecimal digits
 * @throws PACKAGE if a file changes meanwhile
 */
export async function contentHash(folder: string, { dockerfile }: BuildFile = {}): Promise<string> {
  const isInContext = buildContextFilter(await ignoreRules(folder, dockerfile));
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter(isInContext)
    .sort();
  const hash = createHash('sha256');
  if (dockerfile !== undefined) hash.update(await readRegularFile(dockerfile));
  for (const path of paths) {
    const entry = list(join(folder, path));
    const head = (kind: string, size: number) => hash.update(`${JSON.stringify([path, kind, size])}\n`);
    if (entry?.type === 'link') {
      const target = Buffer.from(entry.target);
      head('link', target.length).update(target);
    } else if (entry?.type === 'file') {
      head(entry.mode === 0o755 ? 'program' : 'file', entry.size);
      for await (const chunk of readListed(entry)) hash.update(chunk);
    } else {
      // No engine includes a socket or a pipe, and reading one would never end.
      head('other', 0);
    }
  }
  return hash.digest('hex');
}

/**
 * Returns the rules of the ignore file. A file that is named after the Dockerfile has precedence over that of the folder.
 * @see https://docs.docker.com/build/concepts/context/#filename-and-location
 */
async function ignoreRules(folder: string, dockerfile: string | undefined): Promise<string> {
  const files = [
    ...(dockerfile === undefined ? [] : [`${dockerfile}.dockerignore`]),
    join(folder, '.dockerignore'),
  ];
  for (const file of files) {
    const rules = await readRegularFile(file).catch(() => undefined);
    if (rules !== undefined) return rules;
  }
  return '';
}
