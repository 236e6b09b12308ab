/** The memory of a process and all that it started, looked at many times a second; on Linux, where /proc tells. */
import { readdirSync, readFileSync } from 'node:fs';

export interface MemoryWatch {
  /** Megabytes (of 10⁶ bytes); undefined where there is no /proc. */
  peak(): number | undefined;
  stop(): void;
}

const EVERY_MS = 40;

/** Adds up what is resident of each process. What several share, such as the program itself, counts for each. */
export function watchMemory(root: number | undefined, proc = '/proc'): MemoryWatch {
  /** The process that started each, so far as seen: none gets another parent that matters here. */
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
    // It has ended.
    return '';
  }
}

/** The fourth field of `stat`; the second is the name in brackets, which may hold anything. */
const parentOf = (proc: string, pid: number): number =>
  Number(
    read(`${proc}/${pid}/stat`)
      .replace(/^.*\) /s, '')
      .split(' ')[1] ?? 0,
  );

/** @see https://docs.kernel.org/filesystems/proc.html */
const residentOf = (proc: string, pid: number): number =>
  Number(/^VmRSS:\s+(\d+) kB/m.exec(read(`${proc}/${pid}/status`))?.[1] ?? 0) * 1024;
