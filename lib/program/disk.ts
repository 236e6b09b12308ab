/** Lists files on disk and reads them later, and notices if a file has changed in between. */
import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  type BigIntStats,
} from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { shownPath } from '../config/location.ts';
import { problem, type Problem } from '../model/problem.ts';
import type { SizeLimit } from './size-limit.ts';

/** A folder, a file or a link as it was when it was listed. */
export interface Listed {
  /** The path on disk, absolute. */
  readonly path: string;
  readonly type: 'folder' | 'file' | 'link';
  readonly mode: number;
  /** Bytes; 0 unless it is a file. */
  readonly size: number;
  /** Changes whenever the file does, as far as its metadata shows. */
  readonly version: string;
  /** The target of a link, as it is on disk; otherwise empty. */
  readonly target: string;
}

/** The size of the chunks that files are read in, bytes. */
const CHUNK_BYTES = 1024 * 1024;
/** Lists one path. @returns undefined if nothing is there, or if it is a socket, a pipe or a device */
export function list(path: string): Listed | undefined {
  const stats = statsOf(path);
  if (stats === undefined) return undefined;
  const common = { path, size: 0, version: versionOf(stats), target: '' };
  if (stats.isDirectory()) return { ...common, type: 'folder', mode: 0o755, version: '' };
  if (stats.isSymbolicLink()) return { ...common, type: 'link', mode: 0o777, target: readlinkSync(path) };
  if (!stats.isFile()) return undefined;
  // As in Git, only the executable bit counts, so that two checkouts of a commit are the same.
  const mode = stats.mode & 0o111n ? 0o755 : 0o644;
  return { ...common, type: 'file', mode, size: Number(stats.size) };
}

/** Synchronous, since a program has thousands of files, and an asynchronous call takes ten times as long. */
function statsOf(path: string): BigIntStats | undefined {
  try {
    return lstatSync(path, { bigint: true, throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/**
 * Lists what is in a folder, at every depth.
 * @param includes whether a path belongs to the list; a folder that does not is not opened
 * @throws PACKAGE if a folder is replaced meanwhile, for example by a link to another folder
 */
export async function listFolder(
  folder: string,
  limit: SizeLimit,
  includes: (entry: Listed) => boolean | Promise<boolean>,
): Promise<Listed[]> {
  const listed: Listed[] = [];
  const add = async (parent: string): Promise<void> => {
    const identity = folderIdentity(parent);
    for (const name of attempt(parent, () => readdirSync(parent).sort())) {
      const entry = list(join(parent, name));
      if (entry === undefined) continue;
      const isIncluded = includes(entry);
      if (!(typeof isIncluded === 'boolean' ? isIncluded : await isIncluded)) continue;
      limit.add(entry);
      listed.push(entry);
      if (entry.type === 'folder') await add(entry.path);
    }
    // If a link has replaced the folder, the system follows it, and the list is that of another folder.
    if (identity === undefined || folderIdentity(parent) !== identity) throw changed(parent);
  };
  await add(folder);
  return listed;
}

/** Identifies a folder on this machine; undefined if something else, such as a link, is at the path. */
function folderIdentity(path: string): string | undefined {
  const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return stats?.isDirectory() ? `${stats.dev} ${stats.ino}` : undefined;
}

/** Does not follow a link that has replaced the file, and does not wait for a pipe. Windows has no such flags. */
const READ_LISTED = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
/** The errors of a call whose path no longer leads to what was listed. */
const REPLACED = ['ELOOP', 'EMLINK', 'ENOENT', 'ENOTDIR', 'ENXIO', 'EISDIR'];

/**
 * Reads a listed file in chunks. The calls are synchronous, since a program has thousands of small files, and asynchronous calls take
 * ten times as long for each. Other work runs between the chunks of a large file.
 * @throws PACKAGE if the file is no longer as it was when it was listed
 */
export async function* readListed({ path, size, version }: Listed): AsyncIterable<Uint8Array> {
  const file = attempt(path, () => openSync(path, READ_LISTED));
  try {
    // A folder on the path may have been replaced and lead to another file by now; nothing of that file is read.
    if (versionOf(fstatSync(file, { bigint: true })) !== version) throw changed(path);
    let count = 0;
    while (count < size) {
      const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, size - count));
      const bytesRead = readSync(file, buffer);
      if (bytesRead === 0) throw changed(path);
      count += bytesRead;
      yield buffer.subarray(0, bytesRead);
      if (count < size) await setImmediate();
    }
    if (versionOf(fstatSync(file, { bigint: true })) !== version) throw changed(path);
  } finally {
    closeSync(file);
  }
}

function attempt<T>(path: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw REPLACED.includes((error as NodeJS.ErrnoException).code ?? '')
      ? changed(path)
      : unreadable(path, error);
  }
}

/** Reads a listed file as text. @throws PACKAGE if the file is no longer as it was when it was listed */
export async function readListedText(entry: Listed): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of readListed(entry)) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * Checks files that another program has read, such as a compiler.
 * @throws PACKAGE with the first file that is no longer as it was when it was listed
 */
export function checkUnchanged(entries: readonly Listed[]): void {
  for (const { path, version } of entries) if (list(path)?.version !== version) throw changed(path);
}

const versionOf = ({ dev, ino, size, mtimeNs, ctimeNs, mode }: BigIntStats): string =>
  [dev, ino, size, mtimeNs, ctimeNs, mode].join(' ');

/** Hashes text. @returns 64 hexadecimal digits */
export const contentKeyOf = (text: string | Uint8Array): string =>
  createHash('sha256').update(text).digest('hex');

const changed = (path: string): Problem =>
  problem('PACKAGE', {
    what: `${shownPath(path)} changed while it was packaged.`,
    why: 'The image would contain a mixture of two versions of the program.',
    now: 'No image was pushed.',
    fix: [
      'Wait until the build or the editor has finished, then run the command again.',
      'or, if the program itself writes the file, add it to .dockerignore',
    ],
  });

const unreadable = (path: string, cause: unknown): Problem =>
  problem('PACKAGE', {
    what: `${shownPath(path)} cannot be read.`,
    why: cause instanceof Error ? cause.message : String(cause),
    now: 'No image was pushed.',
    fix: ['Make the file readable for your user, or add it to .dockerignore.'],
    cause,
  });
