/** Sums up the CPU time of a process and its descendants. It reads /proc, so it only works on Linux. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The number of clock ticks per second in `/proc/PID/stat`. It is the same for all programs on Linux. */
const TICKS_PER_SECOND = 100;

/** A process with the CPU time, in seconds, that it and its reaped children have used. */
interface ProcessTime {
  readonly pid: number;
  readonly parent: number;
  readonly seconds: number;
}

/** Returns the CPU time of a process, its descendants, and the children that they have reaped, in seconds. */
export function cpuSecondsOf(rootPid: number, proc = '/proc'): number {
  const processes = readdirSync(proc).flatMap((name) => timeOf(proc, Number(name)) ?? []);
  const parents = new Map(processes.map(({ pid, parent }) => [pid, parent]));
  const isInTree = (pid: number | undefined): boolean =>
    pid !== undefined && (pid === rootPid || isInTree(parents.get(pid)));
  return processes.filter(({ pid }) => isInTree(pid)).reduce((sum, { seconds }) => sum + seconds, 0);
}

/** Returns the ID of the process that was started with an argument, as a whole word, or undefined if no process was. */
export const pidWithArgument = (argument: string, proc = '/proc'): number | undefined =>
  readdirSync(proc)
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .find((pid) =>
      contentsOf(join(proc, String(pid), 'cmdline'))
        .split('\0')
        .includes(argument),
    );

/** @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function timeOf(proc: string, pid: number): ProcessTime | undefined {
  const stat = Number.isInteger(pid) ? contentsOf(join(proc, String(pid), 'stat')) : '';
  if (stat === '') return undefined;
  // The second field, in brackets, may contain any characters.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return { pid, parent: Number(fields[1]), seconds: ticks / TICKS_PER_SECOND };
}

function contentsOf(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return ''; // the process has ended
  }
}
