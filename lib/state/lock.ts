/** The lock of a stack: allows one run at a time, and tells other runs which process holds it. */
import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { chmod, link, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Clock } from '../model/clock.ts';
import { shortHash } from '../derive/names.ts';
import { NOTHING_CHANGED, Problem, problem } from '../model/problem.ts';
import { holderIn, isAlive, thisProcess, holderText, type Holder } from './lock-holder.ts';
import { makeFolder, unwritable } from './private-file.ts';

export interface Lock {
  /** Describes the dead process that the lock was taken over from; undefined when the lock was free. */
  readonly takenOverFrom: string | undefined;
  /** Releases the lock, unless another process holds it by now. */
  release(): Promise<void>;
}

/**
 * The locks that this process holds: the content of each lock file, mapped to the file. The process id alone is not enough:
 * in a restarted container, a dead holder may have had the same id.
 */
const ownLocks = new Map<string, string>();

/** Releases the locks of this process when it exits early, e.g. on a second Ctrl-C. */
function releaseAtExit(): void {
  for (const [content, file] of ownLocks) {
    try {
      if (readFileSync(file, 'utf8') === content) rmSync(file);
    } catch {
      // The next run takes it over.
    }
  }
}

/**
 * Takes the lock file, or takes it over from a process that is dead.
 * @param command what is being run, e.g. `npm run provision`
 * @throws LOCKED when a living process holds the lock, STATE_UNWRITABLE when the file cannot be written
 */
export async function takeLock(file: string, command: string, clock: Clock): Promise<Lock> {
  const content = `${JSON.stringify({ ...(await thisProcess(command, clock)), id: randomUUID() })}\n`;
  process.off('exit', releaseAtExit).once('exit', releaseAtExit);
  ownLocks.set(content, file);
  try {
    await makeFolder(dirname(file));
    const takenOverFrom = await acquire(file, content);
    await removeLeftovers(file).catch(() => undefined);
    return {
      takenOverFrom,
      async release() {
        // A file that cannot be removed is taken over by the next run.
        const text = await read(file).catch(() => undefined);
        if (text === content) await rm(file, { force: true }).catch(() => undefined);
        ownLocks.delete(content);
      },
    };
  } catch (error) {
    ownLocks.delete(content);
    throw error instanceof Problem ? error : unwritable(file, error);
  }
}

/**
 * Acquires a lock file, without waiting.
 * @param shownFile the file that a problem names; it differs from `file` when `file` guards a takeover
 * @returns a description of the dead holder; undefined when the lock was free
 */
async function acquire(file: string, content: string, shownFile = file): Promise<string | undefined> {
  for (;;) {
    if (await moveIntoPlace(content, file, link)) return undefined;
    const heldContent = await read(file);
    if (heldContent === undefined) continue;
    const holder = holderIn(heldContent);
    if (holder && (await isHolderAlive(heldContent, holder))) throw locked(shownFile, holder);
    if (await takeOver(file, content, heldContent, shownFile))
      return holder ? holderText(holder) : 'a process that left no name';
  }
}

/**
 * Replaces the lock of a dead holder. Several processes may try this at the same time, and a slow process must not replace the
 * lock of the winner. So a process must first hold a second lock, which is named after the dead holder.
 */
async function takeOver(
  file: string,
  content: string,
  deadContent: string,
  shownFile: string,
): Promise<boolean> {
  const takeoverLock = `${file}.${shortHash(8, deadContent)}`;
  await acquire(takeoverLock, content, shownFile);
  try {
    return (await read(file)) === deadContent && (await moveIntoPlace(content, file, rename));
  } finally {
    await rm(takeoverLock, { force: true });
  }
}

/**
 * Writes a temporary file and moves it into place, so that a lock file always names its holder.
 * @returns whether it was moved; `link` does not move it if the lock file exists
 */
async function moveIntoPlace(text: string, file: string, move: typeof link): Promise<boolean> {
  const temporary = `${file}.${randomUUID()}`;
  try {
    await writeFile(temporary, text, { mode: 0o600 });
    await chmod(temporary, 0o600);
    await move(temporary, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

async function read(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

const isHolderAlive = async (text: string, holder: Holder): Promise<boolean> =>
  holder.pid === process.pid && holder.host === hostname() ? ownLocks.has(text) : isAlive(holder);

/** Milliseconds after which a file that names no holder is stale: its writer died before it could write. */
const UNNAMED_STALE_MS = 60_000;

/**
 * Removes the temporary files and takeover locks that dead processes left beside a lock. This is safe while we hold the lock,
 * since no other process can then replace it.
 */
async function removeLeftovers(file: string): Promise<void> {
  for (const name of await readdir(dirname(file))) {
    if (!name.startsWith(`${basename(file)}.`)) continue;
    if (!/^(\.[0-9a-f]{8})*(\.[0-9a-f-]{36})?$/.test(name.slice(basename(file).length))) continue;
    const leftover = join(dirname(file), name);
    const text = (await read(leftover)) ?? '';
    const holder = holderIn(text);
    const isStale = holder
      ? !(await isHolderAlive(text, holder))
      : Date.now() - ((await stat(leftover).catch(() => undefined))?.mtimeMs ?? Infinity) > UNNAMED_STALE_MS;
    if (isStale) await rm(leftover, { force: true });
  }
}

const locked = (file: string, holder: Holder) =>
  problem('LOCKED', {
    what: 'Another run is working on this stack.',
    why: `The lock is held by ${holderText(holder)}.`,
    now: NOTHING_CHANGED,
    fix: ['Wait until it is done, or stop it.', `If that process is not a run of Slipway, rm ${file}`],
  });
