/** The status of a process, with its start time, which distinguishes the process from a later one with the same id. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** The status of a process, as the system reports it. */
export interface ProcessStatus {
  /** Whether the process has ended, but its parent has not read its exit code yet. A zombie does nothing, and holds nothing. */
  readonly isZombie: boolean;
  /** When the process started, as a string to compare. */
  readonly startTime: string | undefined;
}

/** Returns the status of a process; undefined when the process does not exist, or the system does not report its status. */
export async function processStatus(pid: number): Promise<ProcessStatus | undefined> {
  if (process.platform === 'linux') {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    if (stat === '') return undefined;
    // The second field, the name in parentheses, may contain any character. The first field after the last `)` is the state. The
    // start time, in ticks since boot, is 19 fields later: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { isZombie: isZombieState(fields[0]), startTime: fields[19] };
  }
  const ps = promisify(execFile)('/bin/ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
    env: { LC_ALL: 'C' },
  });
  const { stdout } = await ps.catch(() => ({ stdout: '' }));
  const [, state, startTime] = /^\s*(\S+)\s+(.+?)\s*$/.exec(stdout) ?? [];
  return state === undefined ? undefined : { isZombie: isZombieState(state), startTime };
}

/** Whether a state of `/proc` or of ps means that a process has ended: `Z` is a zombie, `X` is being removed. */
const isZombieState = (state = ''): boolean => /^[ZX]/.test(state);

/**
 * Returns when a process started, as a string to compare; undefined when the process is not running, or its start time is
 * unknown.
 */
export async function processStartTime(pid: number): Promise<string | undefined> {
  const status = await processStatus(pid);
  return status?.isZombie ? undefined : status?.startTime;
}
