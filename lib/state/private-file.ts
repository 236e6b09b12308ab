/** Files and folders that are for their owner alone, and files that are written whole or not at all. */
import { chmod, mkdir, open, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { messageOf } from '../aws/errors.ts';
import { NOTHING_CHANGED, problem } from '../model/problem.ts';

const FILE = 0o600;
const FOLDER = 0o700;

/** Makes a folder, unless it is there. What a user has made himself keeps its mode. */
export async function makeFolder(folder: string): Promise<void> {
  const made = await mkdir(folder, { recursive: true, mode: FOLDER });
  // A umask can take from the owner, too.
  if (made !== undefined) await chmod(folder, FOLDER);
}

let writes = 0;
/** Where a file is written before it takes its place: by each write elsewhere, under a name that nobody else gives. */
const asideOf = (file: string): string => `${file}.${process.pid}-${(writes += 1)}.tmp`;
const ASIDE = /^\.\d+-\d+\.tmp$/;

/** Removes what writers that were killed have left aside. Only for who may write the file. */
export async function sweepAsides(file: string): Promise<void> {
  const [folder, name] = [dirname(file), basename(file)];
  for (const other of await readdir(folder)) {
    if (other.startsWith(name) && ASIDE.test(other.slice(name.length))) await rm(join(folder, other));
  }
}

/**
 * Writes a file aside, flushes it to the disk, and renames it: a reader sees the old file or the new one, never a part.
 * @throws the system's error; the old file is there then
 */
export async function writeWhole(file: string, text: string): Promise<void> {
  // A link stays one.
  const place = await realpath(file).catch(() => file);
  const aside = asideOf(place);
  try {
    await writeFlushed(aside, text, await ownerOf(place));
    await rename(aside, place);
  } catch (error) {
    // On a full disk even a part of it is too much.
    await rm(aside, { force: true }).catch(() => undefined);
    throw error;
  }
  await flushFolder(dirname(place));
}

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

async function writeFlushed(file: string, text: string, owner: Owner | undefined): Promise<void> {
  const handle = await open(file, 'wx', FILE);
  try {
    await handle.chmod(FILE);
    // After a run with sudo it is still the user's.
    if (owner) await handle.chown(owner.uid, owner.gid);
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Somebody else whose file it is, when we may leave it to him. */
async function ownerOf(file: string): Promise<Owner | undefined> {
  const owner = await stat(file).catch(() => undefined);
  return owner && process.getuid?.() === 0 && owner.uid !== 0 ? owner : undefined;
}

/** A name is on the disk when its folder is; not every file system can tell. */
async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

/** @param place the file or folder that cannot be written, in a folder of Slipway's */
export const unwritable = (place: string, cause: unknown) =>
  problem('STATE_UNWRITABLE', {
    what: `${place} could not be written.`,
    why: messageOf(cause),
    now: NOTHING_CHANGED,
    fix: [
      'Make room or make the folder writable, then run the same command again.',
      'or keep what Slipway writes elsewhere: export SLIPWAY_HOME=…',
    ],
    cause,
  });
