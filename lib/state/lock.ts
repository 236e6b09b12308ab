/** The lock of a stack: one run at a time, and a clear word about who holds it. */
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { NOTHING_TOUCHED, problem } from '../problem.ts';

const holderSchema = z.object({
  pid: z.number().int(),
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
  release(): Promise<void>;
}

/**
 * Takes the lock file, or takes it over from a process that is dead.
 * @throws LOCKED when a living process holds it
 */
export async function takeLock(file: string, command: string, clock: Clock): Promise<Lock> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const holder: Holder = {
    pid: process.pid,
    host: hostname(),
    user: userInfo().username,
    command,
    since: new Date(clock.now()).toISOString(),
  };
  let takenOverFrom: string | undefined;
  while (!(await claim(file, holder))) {
    const other = await readHolder(file);
    if (other === 'gone') continue;
    if (other !== 'unreadable' && isAlive(other)) throw locked(file, other);
    takenOverFrom = other === 'unreadable' ? 'a process that left no name' : words(other);
    await clear(file, other);
  }
  return { takenOverFrom, release: () => rm(file, { force: true }) };
}

/** Links a finished file into place: whoever sees the lock sees who holds it. */
async function claim(file: string, holder: Holder): Promise<boolean> {
  const aside = `${file}.${process.pid}.new`;
  await writeFile(aside, `${JSON.stringify(holder)}\n`, { mode: 0o600 });
  try {
    await link(aside, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

/** Takes a dead holder's file away, unless somebody else was quicker and the file is a new one. */
async function clear(file: string, dead: Holder | 'unreadable'): Promise<void> {
  const aside = `${file}.${process.pid}.stale`;
  try {
    await rename(file, aside);
  } catch {
    return;
  }
  const moved = await readHolder(aside);
  if (JSON.stringify(moved) === JSON.stringify(dead)) await rm(aside, { force: true });
  else await rename(aside, file);
}

async function readHolder(file: string): Promise<Holder | 'gone' | 'unreadable'> {
  try {
    return holderSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'gone' : 'unreadable';
  }
}

/** A process of another machine cannot be asked; it counts as alive. */
function isAlive({ pid, host }: Holder): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
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
