/** The lock of a stack: one run at a time, and a clear word about who holds it. */
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
  /** Who held it before and is no longer alive, in words; undefined when nobody did. */
  readonly takenOverFrom: string | undefined;
  /** Gives it back, unless it is somebody else's by now. */
  release(): Promise<void>;
}

/**
 * The texts of this process in lock files, by their file: those are alive. In a container that is started again, a dead
 * holder can have had the number that we have now.
 */
const ours = new Map<string, string>();

/** What ends this process, a second Ctrl-C for one, gives its locks back. */
function releaseAtExit(): void {
  for (const [own, file] of ours) {
    try {
      if (readFileSync(file, 'utf8') === own) rmSync(file);
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
  const own = `${JSON.stringify({ ...(await thisProcess(command, clock)), id: randomUUID() })}\n`;
  process.off('exit', releaseAtExit).once('exit', releaseAtExit);
  ours.set(own, file);
  try {
    await makeFolder(dirname(file));
    const takenOverFrom = await acquire(file, own);
    await sweep(file).catch(() => undefined);
    return {
      takenOverFrom,
      async release() {
        // What cannot be removed any more is taken over by the next run.
        const text = await read(file).catch(() => undefined);
        if (text === own) await rm(file, { force: true }).catch(() => undefined);
        ours.delete(own);
      },
    };
  } catch (error) {
    ours.delete(own);
    throw error instanceof Problem ? error : unwritable(file, error);
  }
}

/**
 * Puts our text into a file of which there is one.
 * @returns whom it was taken over from, in words
 */
async function acquire(file: string, own: string, lock = file): Promise<string | undefined> {
  for (;;) {
    if (await put(own, file, link)) return undefined;
    const other = await read(file);
    if (other === undefined) continue;
    const holder = holderIn(other);
    if (holder && (await lives(other, holder))) throw locked(lock, holder);
    if (await takeOver(file, own, other, lock))
      return holder ? holderText(holder) : 'a process that left no name';
  }
}

/**
 * Takes the place of a dead holder. Many may find it dead at once, and the slowest must not push aside the quickest:
 * whoever holds the lock that is named after the dead one, and nobody else, may replace its text.
 */
async function takeOver(file: string, own: string, dead: string, lock: string): Promise<boolean> {
  const right = `${file}.${shortHash(8, dead)}`;
  await acquire(right, own, lock);
  try {
    return (await read(file)) === dead && (await put(own, file, rename));
  } finally {
    await rm(right, { force: true });
  }
}

/** Moves a finished file into place, so that whoever sees the lock sees who holds it. */
async function put(text: string, file: string, move: typeof link): Promise<boolean> {
  const aside = `${file}.${randomUUID()}`;
  try {
    await writeFile(aside, text, { mode: 0o600 });
    await chmod(aside, 0o600);
    await move(aside, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(aside, { force: true });
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

const lives = async (text: string, holder: Holder): Promise<boolean> =>
  holder.pid === process.pid && holder.host === hostname() ? ours.has(text) : isAlive(holder);

/** Who is killed before a file says who he is, has had the time of one write. Milliseconds. */
const UNNAMED_STALE_MS = 60_000;

/**
 * Removes what the dead have left beside a lock: files that were to be moved into place, and rights to replace it.
 * Harmless to the living: while we hold the lock, nobody replaces it.
 */
async function sweep(file: string): Promise<void> {
  for (const name of await readdir(dirname(file))) {
    if (!name.startsWith(`${basename(file)}.`)) continue;
    if (!/^(\.[0-9a-f]{8})*(\.[0-9a-f-]{36})?$/.test(name.slice(basename(file).length))) continue;
    const left = join(dirname(file), name);
    const text = (await read(left)) ?? '';
    const holder = holderIn(text);
    const isLeft = holder
      ? !(await lives(text, holder))
      : Date.now() - ((await stat(left).catch(() => undefined))?.mtimeMs ?? Infinity) > UNNAMED_STALE_MS;
    if (isLeft) await rm(left, { force: true });
  }
}

const locked = (file: string, holder: Holder) =>
  problem('LOCKED', {
    what: 'Another run is working on this stack.',
    why: `The lock is held by ${holderText(holder)}.`,
    now: NOTHING_CHANGED,
    fix: ['Wait until it is done, or stop it.', `If it is not a run of Slipway, rm ${file}`],
  });
