/** Measures the memory and CPU time of containers with all their processes, even children that left the process group. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { statFields } from './process-start-time.ts';

/** One process of this machine. */
interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** The CPU time that the process and its reaped children have used, in seconds; always 0 on macOS. */
  readonly cpuSeconds: number;
  /** Returns the memory of the process in bytes; 0 when the process has ended. */
  bytes(): number;
}

/** The usage of a container. */
export interface ContainerUsage {
  readonly memoryBytes: number;
  /** The CPU time that it has used since it started; always 0 on macOS. */
  readonly cpuSeconds: number;
}

/** The number of clock ticks per second in `/proc/PID/stat`. It is the same for all programs on Linux. */
const TICKS_PER_SECOND = 100;

/**
 * Measures the memory and the CPU time of containers by reading the process table once.
 * @param leaders the ID of the first process of each container, which leads a process group
 * @returns the usage of each container, keyed by the ID of its first process
 */
export async function containerUsageOf(leaders: readonly number[]): Promise<Map<number, ContainerUsage>> {
  const members = membersOf(leaders, await processTable());
  return new Map(
    [...members].map(([leader, processes]) => [
      leader,
      {
        memoryBytes: sumOf(processes, (one) => one.bytes()),
        cpuSeconds: sumOf(processes, (one) => one.cpuSeconds),
      },
    ]),
  );
}

/** How long a new process of a container may stay unknown to a memory meter, in milliseconds. */
const MAX_UNKNOWN_MS = 3_000;

/**
 * Makes a function that measures the memory of containers often. To list the processes of the machine takes much longer than to
 * measure those of the containers. It is done only for new containers and, at intervals, after the machine has started a process.
 * @param now returns the time in milliseconds; by default, that of this machine
 * @param newestPid returns something that changes whenever this machine starts a process
 */
export function makeMemoryMeter(
  now: () => number = () => performance.now(),
  newestPid: () => string = newestPidOf,
): (leaders: readonly number[]) => Promise<Map<number, Pick<ContainerUsage, 'memoryBytes'>>> {
  let members = new Map<number, ProcessEntry[]>();
  let table: ProcessEntry[] = [];
  let listedAt = 0;
  let newestListed = '';
  return async (leaders) => {
    const newest = newestPid();
    const hasNewProcess = newest !== newestListed && now() - listedAt >= MAX_UNKNOWN_MS;
    if (hasNewProcess || process.platform !== 'linux' || !leaders.every((leader) => members.has(leader))) {
      [listedAt, newestListed] = [now(), newest];
      table = await processTable(table);
      members = membersOf(leaders, table);
    }
    return new Map(
      leaders.map((leader) => [
        leader,
        { memoryBytes: sumOf(members.get(leader) ?? [], (one) => one.bytes()) },
      ]),
    );
  };
}

/**
 * Returns the number of the last process that the machine has started.
 * @see https://man7.org/linux/man-pages/man5/proc_loadavg.5.html
 */
const newestPidOf = (): string => contentsOf('/proc/loadavg').trim().split(' ').at(-1) ?? '';

const sumOf = (processes: readonly ProcessEntry[], valueOf: (one: ProcessEntry) => number): number =>
  processes.reduce((sum, one) => sum + valueOf(one), 0);

/** Returns the processes of each container, by the ID of its first process. */
function membersOf(leaders: readonly number[], table: readonly ProcessEntry[]): Map<number, ProcessEntry[]> {
  const children = indexBy(table, ({ parent }) => parent);
  const groups = indexBy(table, ({ group }) => group);
  return new Map(
    leaders.map((leader) => {
      const members = new Set(groups.get(leader) ?? []);
      // A set may grow while it is iterated, and the iteration then reaches the new elements.
      for (const { pid } of members) for (const child of children.get(pid) ?? []) members.add(child);
      return [leader, [...members]];
    }),
  );
}

function indexBy(
  table: readonly ProcessEntry[],
  keyOf: (entry: ProcessEntry) => number,
): Map<number, ProcessEntry[]> {
  const index = new Map<number, ProcessEntry[]>();
  for (const entry of table) {
    const key = keyOf(entry);
    const entries = index.get(key);
    if (entries) entries.push(entry);
    else index.set(key, [entry]);
  }
  return index;
}

/**
 * Lists the processes of this machine.
 * @param known an earlier list, from which the entries of processes that still run are taken
 */
async function processTable(known: readonly ProcessEntry[] = []): Promise<ProcessEntry[]> {
  if (process.platform !== 'linux') return psTable();
  const knownByPid = new Map(known.map((entry) => [entry.pid, entry]));
  return readdirSync('/proc').flatMap((name) => {
    const pid = Number(name);
    return Number.isInteger(pid) ? (knownByPid.get(pid) ?? linuxEntry(pid) ?? []) : [];
  });
}

function linuxEntry(pid: number): ProcessEntry | undefined {
  const stat = contentsOf(`/proc/${pid}/stat`);
  if (stat === '') return undefined;
  const fields = statFields(stat);
  const [, parent, group] = fields;
  return {
    pid,
    parent: Number(parent),
    group: Number(group),
    // The times of the process in user and kernel mode, and those of its reaped children.
    cpuSeconds: fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_PER_SECOND,
    bytes: () => unreclaimableBytes(contentsOf(`/proc/${pid}/status`)),
  };
}

/**
 * Returns the memory that the kernel cannot reclaim. Pages of files, such as the code of Node, are not counted: processes
 * share these pages, and the kernel reclaims them instead of killing a container.
 */
const unreclaimableBytes = (status: string): number =>
  [...status.matchAll(/^(?:RssAnon|RssShmem):\s+(\d+) kB$/gm)].reduce(
    (sum, [, kilobytes]) => sum + Number(kilobytes) * 1024,
    0,
  );

async function psTable(): Promise<ProcessEntry[]> {
  const { stdout } = await promisify(execFile)('/bin/ps', ['-axo', 'pid=,ppid=,pgid=,rss=']);
  return stdout
    .trim()
    .split('\n')
    .map((line) => {
      const [pid = 0, parent = 0, group = 0, kilobytes = 0] = line.trim().split(/\s+/).map(Number);
      return { pid, parent, group, cpuSeconds: 0, bytes: () => kilobytes * 1024 };
    });
}

function contentsOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
