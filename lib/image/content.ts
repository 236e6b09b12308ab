/** Hashes a folder's content: the hash changes whenever a file changes that a build of the folder can see. */
import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { buildContextFilter } from './dockerignore.ts';

/**
 * Hashes the paths, modes and bytes of all files that a build of the folder can see. As in Git, only the executable bit of a
 * mode counts, so that two checkouts of the same commit have the same hash. Empty folders do not count.
 * @param folder absolute
 * @returns 64 hexadecimal digits
 */
export async function contentHash(folder: string): Promise<string> {
  const isInContext = buildContextFilter(
    await readFile(join(folder, '.dockerignore'), 'utf8').catch(() => ''),
  );
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter(isInContext)
    .sort();
  const hash = createHash('sha256');
  for (const path of paths) {
    const { kind, bytes } = await read(join(folder, path));
    hash.update(`${JSON.stringify([path, kind, bytes.length])}\n`).update(bytes);
  }
  return hash.digest('hex');
}

async function read(file: string): Promise<{ kind: string; bytes: Uint8Array }> {
  const stats = await lstat(file);
  if (stats.isSymbolicLink()) return { kind: 'link', bytes: Buffer.from(await readlink(file)) };
  // No engine includes a socket or a pipe, and reading one would never end.
  if (!stats.isFile()) return { kind: 'other', bytes: new Uint8Array() };
  return { kind: stats.mode & 0o111 ? 'program' : 'file', bytes: await readFile(file) };
}
