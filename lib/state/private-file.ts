/** Files and folders that only their owner can access, and atomic writes of such files. */
import { statSync } from 'node:fs';
import { chmod, mkdir, open, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { messageOf } from '../aws/errors.ts';
import { NOTHING_CHANGED, problem, type Problem } from '../model/problem.ts';

const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/**
 * Creates a folder, unless it exists. A folder that the user created keeps its mode.
 * @returns whether it was created
 */
export async function makeFolder(folder: string): Promise<boolean> {
  const made = await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
  // A umask can mask the owner's bits, too.
  if (made !== undefined) await chmod(folder, FOLDER_MODE);
  return made !== undefined;
}

let writeCount = 0;
/** Returns the path of a temporary file for one write, to be renamed to `file`. */
const temporaryFileOf = (file: string): string => `${file}.${process.pid}-${(writeCount += 1)}.tmp`;
const TEMPORARY_SUFFIX = /^\.\d+-\d+\.tmp$/;

/** Removes the temporary files of writers that were killed. The caller must hold the lock that guards the file. */
export async function removeTemporaryFiles(file: string): Promise<void> {
  const [folder, name] = [dirname(file), basename(file)];
  for (const other of await readdir(folder)) {
    if (other.startsWith(name) && TEMPORARY_SUFFIX.test(other.slice(name.length)))
      await rm(join(folder, other));
  }
}

/**
 * Writes a temporary file, flushes it to disk and renames it: a reader sees either the old content or the new content, never
 * a part of it.
 * @throws the error of the operating system; the old file is then unchanged
 */
export async function writeAtomically(file: string, text: string): Promise<void> {
  // A symbolic link is kept: the file that it points to is written.
  const realFile = await realpath(file).catch(() => file);
  const temporary = temporaryFileOf(realFile);
  try {
    await writeFlushed(temporary, text, await ownerOf(realFile));
    await rename(temporary, realFile);
  } catch (error) {
    // On a full disk, the part that was written would take up space.
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
  await flushFolder(dirname(realFile));
}

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

async function writeFlushed(file: string, text: string, owner: Owner | undefined): Promise<void> {
  const handle = await open(file, 'wx', FILE_MODE);
  try {
    await handle.chmod(FILE_MODE);
    // After a run with sudo, the file still belongs to the user.
    if (owner) await handle.chown(owner.uid, owner.gid);
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Returns the owner of a file if this process runs as root and the owner is another user, so that the file keeps its owner. */
async function ownerOf(file: string): Promise<Owner | undefined> {
  const owner = await stat(file).catch(() => undefined);
  return owner && process.getuid?.() === 0 && owner.uid !== 0 ? owner : undefined;
}

/** Flushes a folder, so that a rename in the folder is durable. Not every file system supports flushing folders. */
async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

/** @param path the file or folder that cannot be written, in Slipway's home folder */
export function unwritable(path: string, cause: unknown): Problem {
  const file = fileAbove(path);
  return problem('STATE_UNWRITABLE', {
    what: file === undefined ? `${path} could not be written.` : `${file} is a file.`,
    why: file === undefined ? messageOf(cause) : `A folder is needed there, for ${path}.`,
    now: NOTHING_CHANGED,
    fix: [
      file === undefined
        ? 'Free disk space or make the folder writable, then run the same command again.'
        : `Rename or remove ${file}, then run the same command again.`,
      'or use another folder: export SLIPWAY_HOME=…',
    ],
    cause,
  });
}

/** Returns the closest parent of a path that is a file rather than a folder; undefined if there is no such parent. */
function fileAbove(path: string): string | undefined {
  const folder = dirname(path);
  if (folder === path) return undefined;
  return isFile(folder) ? folder : fileAbove(folder);
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
