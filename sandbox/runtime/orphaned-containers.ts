/** The containers that run, noted on disk, so that a new sandbox can end what a dead one left behind. */
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { constants } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import writeFileAtomic from 'write-file-atomic';
import { signalGroup } from './process.ts';

/** A process for good: numbers are used again, but not with the same start. */
interface ProcessRecord {
  pid: number;
  started: string;
}

/** A container that was still running. */
export interface OrphanedContainer {
  task: string;
  container: string;
  pid: number;
}

/** Notes that a container runs. */
export async function recordContainer(taskDirectory: string, container: string, pid: number): Promise<void> {
  const started = await processStartTime(pid);
  if (started === undefined) return;
  const note: ProcessRecord = { pid, started };
  await mkdir(recordsFolder(taskDirectory), { recursive: true });
  await writeFileAtomic(recordFile(taskDirectory, container), JSON.stringify(note), { fsync: false });
}

/** Notes that a container has ended. */
export async function removeRecord(taskDirectory: string, container: string): Promise<void> {
  await rm(recordFile(taskDirectory, container), { force: true });
}

/**
 * Kills the containers that a dead sandbox left running. Best effort; a process that only has the number of an old one is left
 * alone. Call it when no other sandbox uses the folder.
 * @param folderOfTasks the folder that holds the tasks' folders
 * @returns the containers that were killed
 */
export async function killOrphanedContainers(folderOfTasks: string): Promise<OrphanedContainer[]> {
  const stopped: OrphanedContainer[] = [];
  for (const task of await listFolder(folderOfTasks)) {
    const taskDirectory = join(folderOfTasks, task);
    for (const name of await listFolder(recordsFolder(taskDirectory))) {
      const container = basename(name, '.json');
      const note = await readRecord(recordFile(taskDirectory, container));
      if (note && (await processStartTime(note.pid)) === note.started) {
        signalGroup(note.pid, constants.signals.SIGKILL);
        stopped.push({ task, container, pid: note.pid });
      }
      await removeRecord(taskDirectory, container);
    }
  }
  return stopped;
}

function recordsFolder(taskDirectory: string): string {
  return join(taskDirectory, 'pids');
}

function recordFile(taskDirectory: string, container: string): string {
  return join(recordsFolder(taskDirectory), `${container}.json`);
}

async function readRecord(file: string): Promise<ProcessRecord | undefined> {
  const note = await readFile(file, 'utf8')
    .then((text) => JSON.parse(text) as Partial<ProcessRecord> | null)
    .catch(() => undefined);
  const isWhole = Number.isInteger(note?.pid) && typeof note?.started === 'string';
  return isWhole ? (note as ProcessRecord) : undefined;
}

/** When a process started, as text to compare; undefined when it is not there or has ended. */
export async function processStartTime(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    // The name in the second field may hold anything; after its last `)` come the state and, 19 fields on, the start.
    // https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  }
  const { stdout } = await promisify(execFile)('/bin/ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
    env: { LC_ALL: 'C' },
  }).catch(() => ({ stdout: '' }));
  const [, state, started] = /^(\S+)\s+(.+?)\s*$/.exec(stdout) ?? [];
  return state?.startsWith('Z') ? undefined : started;
}

/** What is in a folder; nothing where there is none. */
export async function listFolder(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
