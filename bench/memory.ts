/** Samples the memory of a process and its descendants many times per second, from /proc, so only on Linux. */
import { readdirSync, readFileSync } from 'node:fs';

/** A running measurement of memory. */
export interface MemoryWatch {
  /** The peak so far in megabytes (10⁶ bytes); undefined without /proc. */
  peak(): number | undefined;
  stop(): void;
}

const EVERY_MS = 40;

/** Returns the total resident memory of the processes. Shared pages, such as the program's, count once per process. */
export function watchMemory(root: number | undefined, proc = '/proc'): MemoryWatch {
  /** The parent of each process when it was first seen; a later change of parent is ignored. */
  const parents = new Map<number, number>();
  let most = 0;
  const look = () => {
    if (root === undefined) return;
    const alive = namesIn(proc).map(Number).filter(Number.isInteger);
    for (const pid of alive) if (!parents.has(pid)) parents.set(pid, parentOf(proc, pid));
    const isOfTree = (pid: number | undefined): boolean =>
      pid !== undefined && (pid === root || isOfTree(parents.get(pid)));
    const bytes = alive.filter(isOfTree).map((pid) => residentOf(proc, pid));
    most = Math.max(
      most,
      bytes.reduce((sum, one) => sum + one, 0),
    );
  };
  look();
  const timer = setInterval(look, EVERY_MS);
  return {
    peak: () => (most === 0 ? undefined : most / 1e6),
    stop: () => clearInterval(timer),
  };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    // The process has ended.
    return '';
  }
}

/** Returns the fourth field of `stat`; the second field is the name in brackets, which may contain any characters. */
const parentOf = (proc: string, pid: number): number =>
  Number(
    read(`${proc}/${pid}/stat`)
      .replace(/^.*\) /s, '')
      .split(' ')[1] ?? 0,
  );

/** @see https://docs.kernel.org/filesystems/proc.html */
const residentOf = (proc: string, pid: number): number =>
  Number(/^VmRSS:\s+(\d+) kB/m.exec(read(`${proc}/${pid}/status`))?.[1] ?? 0) * 1024;
