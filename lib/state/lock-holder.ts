/** The holder of a lock: how the lock file names it, and whether that process is still alive. */
import { hostname, userInfo } from 'node:os';
import * as z from 'zod';
import type { Clock } from '../model/clock.ts';
import { processStartTime, processStatus } from './process-start-time.ts';

const schema = z.object({
  pid: z.number().int().positive(),
  host: z.string(),
  user: z.string(),
  command: z.string(),
  /** ISO 8601; only for display, since clocks may be wrong. */
  since: z.string(),
  /** The start time of the process, if it is known: a later process with the same id has another start time. */
  started: z.string().optional(),
});
export type Holder = z.infer<typeof schema>;

/** Describes this process as a holder. */
export const thisProcess = async (command: string, clock: Clock): Promise<Holder> => ({
  pid: process.pid,
  host: hostname(),
  user: userName(),
  command,
  since: new Date(clock.now()).toISOString(),
  started: await processStartTime(process.pid),
});

/** Returns the holder that the text of a lock file names, if any. */
export function holderIn(text: string): Holder | undefined {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/**
 * Whether the process of a holder is alive. A process on another machine cannot be checked, so it counts as alive. A zombie
 * counts as dead: in a container whose PID 1 does not reap processes, a killed run stays a zombie until the container stops.
 */
export async function isAlive({ pid, host, started }: Holder): Promise<boolean> {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const status = await processStatus(pid);
  if (status?.isZombie) return false;
  // After a restart of the machine, another process may have the id of a dead holder.
  return !started || !status?.startTime || status.startTime === started;
}

/** Returns the name of the user; in a container, a user may have an id and no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `user ${process.getuid?.() ?? 'unknown'}`;
  }
}

export const holderText = ({ command, user, host, pid, since }: Holder): string =>
  `${command} by ${user} on ${host} (process ${pid}), since ${since}`;
