/** The lock of a stack: one run at a time, and a clear word about who holds it. */
import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { dirname } from 'node:path';
import * as z from 'zod';
import { messageOf } from '../aws-error.ts';
import type { Clock } from '../clock.ts';
import { shortHash } from '../names.ts';
import { NOTHING_TOUCHED, Problem, problem } from '../problem.ts';

const holderSchema = z.object({
  pid: z.number().int().positive(),
  host: z.string(),
  user: z.string(),
  command: z.string(),
  /** ISO 8601. */
  since: z.string(),
});
type Holder = z.infer<typeof holderSchema>;

export interface Lock {
  /** Who held it before and is no longer alive, in words; undefined when nobody did. */
  readonly takenOverFrom: string | undefined;
  /** Gives it back, unless it is somebody else's by now. */
  release(): Promise<void>;
}

/**
 * Takes the lock file, or takes it over from a process that is dead.
 * @param command what is being run, e.g. `npm run provision`
 * @throws LOCKED when a living process holds it, STATE_UNWRITABLE when it cannot be written
 */
export async function takeLock(file: string, command: string, clock: Clock): Promise<Lock> {
  const since = new Date(clock.now()).toISOString();
  const holder: Holder = { pid: process.pid, host: hostname(), user: userName(), command, since };
  const own = `${JSON.stringify({ ...holder, id: randomUUID() })}\n`;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const takenOverFrom = await acquire(file, own);
    return {
      takenOverFrom,
      async release() {
        if ((await read(file)) === own) await rm(file, { force: true });
      },
    };
  } catch (error) {
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
    if (holder && isAlive(holder)) throw locked(lock, holder);
    if (await succeed(file, own, other, lock)) return holder ? words(holder) : 'a process that left no name';
  }
}

/**
 * Takes the place of a dead holder. Many may find it dead at once, and the slowest must not push aside the quickest:
 * whoever holds the lock that is named after the dead one, and nobody else, may replace its text.
 */
async function succeed(file: string, own: string, dead: string, lock: string): Promise<boolean> {
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
  await writeFile(aside, text, { mode: 0o600 });
  try {
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

function holderIn(text: string): Holder | undefined {
  try {
    return holderSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/**
 * A process of another machine cannot be asked; it counts as alive. In a container that is started again, the dead
 * holder can have had the number that we have now.
 */
function isAlive({ pid, host, since }: Holder): boolean {
  if (host !== hostname()) return true;
  if (pid === process.pid) return Date.parse(since) >= performance.timeOrigin;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** In a container, a user can have a number and no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `user ${process.getuid?.() ?? 'unknown'}`;
  }
}

const words = ({ command, user, host, pid, since }: Holder): string =>
  `${command} by ${user} on ${host} (process ${pid}), since ${since}`;

const locked = (file: string, holder: Holder) =>
  problem('LOCKED', {
    what: 'Another run is working on this stack.',
    why: `The lock is held by ${words(holder)}.`,
    now: NOTHING_TOUCHED,
    fix: ['Wait until it is done, or stop it.', `If it is not a run of Slipway, rm ${file}`],
  });

const unwritable = (file: string, cause: unknown) =>
  problem('STATE_UNWRITABLE', {
    what: `The lock file ${file} could not be written.`,
    why: messageOf(cause),
    now: NOTHING_TOUCHED,
    fix: ['Make room or make the folder writable, then run the same command again.'],
    cause,
  });
