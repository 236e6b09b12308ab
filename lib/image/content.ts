/** Hashes a folder's content: the hash changes whenever a file changes that a build of the folder can see. */
import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
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
  if (dockerfile !== undefined) hash.update(await readFile(dockerfile));
  for (const path of paths) {
    const { kind, bytes } = await read(join(folder, path));
    hash.update(`${JSON.stringify([path, kind, bytes.length])}\n`).update(bytes);
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
    const rules = await readFile(file, 'utf8').catch(() => undefined);
    if (rules !== undefined) return rules;
  }
  return '';
}

async function read(file: string): Promise<{ kind: string; bytes: Uint8Array }> {
  const stats = await lstat(file);
  if (stats.isSymbolicLink()) return { kind: 'link', bytes: Buffer.from(await readlink(file)) };
  // No engine includes a socket or a pipe, and reading one would never end.
  if (!stats.isFile()) return { kind: 'other', bytes: new Uint8Array() };
  return { kind: stats.mode & 0o111 ? 'program' : 'file', bytes: await readFile(file) };
}
