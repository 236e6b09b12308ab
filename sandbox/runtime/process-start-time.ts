/** Determines when a process started, which identifies it even if its ID is reused, and whether it is a zombie. */
import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/**
 * Returns the fields of `/proc/PID/stat` from the third on: the state, the parent, the process group and, at index 19, the start
 * time. The second field, the name in parentheses, may contain any character.
 * @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
 */
export const statFields = (stat: string): string[] => stat.slice(stat.lastIndexOf(')') + 2).split(' ');

/**
 * Returns the time at which a process started, as an opaque string to compare.
 * @returns undefined when the process does not exist or has ended
 */
export async function startTimeOf(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    const fields = statFields(stat);
    return fields[0] === 'Z' ? undefined : fields[19];
  }
  const { stdout } = await promisify(execFile)('/bin/ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
    env: { LC_ALL: 'C' },
  }).catch(() => ({ stdout: '' }));
  const [, state, started] = /^(\S+)\s+(.+?)\s*$/.exec(stdout) ?? [];
  return state?.startsWith('Z') ? undefined : started;
}

/**
 * Whether a process has ended without being reaped. Signals still reach a zombie, so `process.kill(pid, 0)` finds it. In a
 * container whose PID 1 reaps nothing, a zombie stays until the container stops.
 */
export function isZombie(pid: number): boolean {
  try {
    if (process.platform === 'linux') {
      return statFields(readFileSync(`/proc/${pid}/stat`, 'utf8'))[0] === 'Z';
    }
    const stdio = ['ignore', 'pipe', 'ignore'] as const;
    const state = execFileSync('/bin/ps', ['-o', 'state=', '-p', String(pid)], { stdio: [...stdio] });
    return state.toString().trim().startsWith('Z');
  } catch {
    return false;
  }
}
