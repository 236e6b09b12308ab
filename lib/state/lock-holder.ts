/** Who holds a lock, as the lock file says it, and whether that process is still alive. */
import { hostname, userInfo } from 'node:os';
import * as z from 'zod';
import type { Clock } from '../model/clock.ts';
import { processStartTime } from './process-start-time.ts';

const schema = z.object({
  pid: z.number().int().positive(),
  host: z.string(),
  user: z.string(),
  command: z.string(),
  /** ISO 8601, for people: clocks go wrong. */
  since: z.string(),
  /** When its process started, to tell it from a later one of the same number; where that can be found out. */
  started: z.string().optional(),
});
export type Holder = z.infer<typeof schema>;

/** This process as a holder. */
export const thisProcess = async (command: string, clock: Clock): Promise<Holder> => ({
  pid: process.pid,
  host: hostname(),
  user: userName(),
  command,
  since: new Date(clock.now()).toISOString(),
  started: await processStartTime(process.pid),
});

/** The holder that a lock file names, if it names one. */
export function holderIn(text: string): Holder | undefined {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Whether another process is alive; one of another machine cannot be asked, and counts as alive. */
export async function isAlive({ pid, host, started }: Holder): Promise<boolean> {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  // After a restart of the machine, a dead holder's number can be anybody's.
  const now = started && (await processStartTime(pid));
  return !now || now === started;
}

/** In a container, a user can have a number and no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `user ${process.getuid?.() ?? 'unknown'}`;
  }
}

export const holderText = ({ command, user, host, pid, since }: Holder): string =>
  `${command} by ${user} on ${host} (process ${pid}), since ${since}`;
