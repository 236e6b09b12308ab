/** The lock of a stack: one run at a time, and a clear word about who holds it. */
import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { chmod, link, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Clock } from '../model/clock.ts';
import { shortHash } from '../derive/names.ts';
import { NOTHING_TOUCHED, Problem, problem } from '../model/problem.ts';
import { holderIn, isAlive, thisProcess, holderText, type Holder } from './lock-holder.ts';
import { makeFolder, unwritable } from './private-file.ts';

export interface Lock {
  /** Who held it before and is no longer alive, in words; undefined when nobody did. */
  readonly takenOverFrom: string | undefined;
  /** Gives it back, unless it is somebody else's by now. */
  release(): Promise<void>;
}

/**
 * The texts of this process in lock files, by their file: those are alive. In a container that is started again, a dead
 * holder can have had the number that we have now.
 */
const ownLocks = new Map<string, string>();

/** What ends this process, a second Ctrl-C for one, gives its locks back. */
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
 * @throws LOCKED when a living process holds it, STATE_UNWRITABLE when it cannot be written
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
        // What cannot be removed any more is taken over by the next run.
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
 * Puts our text into a file of which there is one.
 * @returns whom it was taken over from, in words
 */
async function acquire(file: string, content: string, lock = file): Promise<string | undefined> {
  for (;;) {
    if (await moveIntoPlace(content, file, link)) return undefined;
    const other = await read(file);
    if (other === undefined) continue;
    const holder = holderIn(other);
    if (holder && (await isHolderAlive(other, holder))) throw locked(lock, holder);
    if (await takeOver(file, content, other, lock))
      return holder ? holderText(holder) : 'a process that left no name';
  }
}

/**
 * Takes the place of a dead holder. Many may find it dead at once, and the slowest must not push aside the quickest:
 * whoever holds the lock that is named after the dead one, and nobody else, may replace its text.
 */
async function takeOver(file: string, content: string, dead: string, lock: string): Promise<boolean> {
  const takeoverLock = `${file}.${shortHash(8, dead)}`;
  await acquire(takeoverLock, content, lock);
  try {
    return (await read(file)) === dead && (await moveIntoPlace(content, file, rename));
  } finally {
    await rm(takeoverLock, { force: true });
  }
}

/** Moves a finished file into place, so that whoever sees the lock sees who holds it. */
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

/** Who is killed before a file says who he is, has had the time of one write. Milliseconds. */
const UNNAMED_STALE_MS = 60_000;

/**
 * Removes what the dead have left beside a lock: files that were to be moved into place, and rights to replace it.
 * Harmless to the living: while we hold the lock, nobody replaces it.
 */
async function removeLeftovers(file: string): Promise<void> {
  for (const name of await readdir(dirname(file))) {
    if (!name.startsWith(`${basename(file)}.`)) continue;
    if (!/^(\.[0-9a-f]{8})*(\.[0-9a-f-]{36})?$/.test(name.slice(basename(file).length))) continue;
    const left = join(dirname(file), name);
    const text = (await read(left)) ?? '';
    const holder = holderIn(text);
    const isLeft = holder
      ? !(await isHolderAlive(text, holder))
      : Date.now() - ((await stat(left).catch(() => undefined))?.mtimeMs ?? Infinity) > UNNAMED_STALE_MS;
    if (isLeft) await rm(left, { force: true });
  }
}

const locked = (file: string, holder: Holder) =>
  problem('LOCKED', {
    what: 'Another run is working on this stack.',
    why: `The lock is held by ${holderText(holder)}.`,
    now: NOTHING_TOUCHED,
    fix: ['Wait until it is done, or stop it.', `If it is not a run of Slipway, rm ${file}`],
  });
