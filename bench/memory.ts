/** Samples the memory of a process and its descendants many times per second. It reads /proc, so it only works on Linux. */
import { readdirSync, readFileSync } from 'node:fs';

/** A running measurement of memory. */
export interface MemoryWatch {
  /** The peak so far in megabytes (10⁶ bytes); undefined without /proc. */
  peak(): number | undefined;
  stop(): void;
}

const SAMPLE_INTERVAL_MS = 40;

/** Starts sampling the total resident memory of a process and its descendants. Shared pages count once per process. */
export function watchMemory(rootPid: number | undefined, proc = '/proc'): MemoryWatch {
  /** The parent of each process when it was first seen; a later change of parent is ignored. */
  const parents = new Map<number, number>();
  let peakBytes = 0;
  const sample = () => {
    if (rootPid === undefined) return;
    const alive = entriesOf(proc).map(Number).filter(Number.isInteger);
    for (const pid of alive) if (!parents.has(pid)) parents.set(pid, parentOf(proc, pid));
    const isInTree = (pid: number | undefined): boolean =>
      pid !== undefined && (pid === rootPid || isInTree(parents.get(pid)));
    const residentBytes = alive.filter(isInTree).map((pid) => residentBytesOf(proc, pid));
    peakBytes = Math.max(
      peakBytes,
      residentBytes.reduce((sum, bytesOfProcess) => sum + bytesOfProcess, 0),
    );
  };
  sample();
  const timer = setInterval(sample, SAMPLE_INTERVAL_MS);
  return {
    peak: () => (peakBytes === 0 ? undefined : peakBytes / 1e6),
    stop: () => clearInterval(timer),
  };
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function contentsOf(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    // The process has ended.
    return '';
  }
}

/** Returns the id of the parent, the fourth field of `stat`. The second field, in brackets, may contain any characters. */
const parentOf = (proc: string, pid: number): number =>
  Number(
    contentsOf(`${proc}/${pid}/stat`)
      .replace(/^.*\) /s, '')
      .split(' ')[1] ?? 0,
  );

/** @see https://docs.kernel.org/filesystems/proc.html */
const residentBytesOf = (proc: string, pid: number): number =>
  Number(/^VmRSS:\s+(\d+) kB/m.exec(contentsOf(`${proc}/${pid}/status`))?.[1] ?? 0) * 1024;
