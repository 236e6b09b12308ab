/** Records running containers on disk, so that a new sandbox can kill the containers that a dead one left running. */
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { constants } from 'node:os';
import { basename, join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { startTimeOf } from './process-start-time.ts';
import { signalGroup } from './process.ts';

/** Identifies a process by number and start time, because a number may be reused. */
interface ProcessRecord {
  pid: number;
  started: string;
}

/** A container that was still running although its sandbox had died. */
export interface OrphanedContainer {
  task: string;
  container: string;
  pid: number;
}

/** Records that a container is running. */
export async function recordContainer(taskDirectory: string, container: string, pid: number): Promise<void> {
  const started = await startTimeOf(pid);
  if (started === undefined) return;
  const note: ProcessRecord = { pid, started };
  await mkdir(recordsFolder(taskDirectory), { recursive: true });
  await writeFileAtomic(recordFile(taskDirectory, container), JSON.stringify(note), { fsync: false });
}

/** Removes the record of a container that has ended. */
export async function removeRecord(taskDirectory: string, container: string): Promise<void> {
  await rm(recordFile(taskDirectory, container), { force: true });
}

/**
 * Kills the containers that a dead sandbox left running, as far as possible. A process that only reuses a recorded number
 * is left alone. The caller must make sure that no other sandbox uses the folder.
 * @param folderOfTasks the parent of the tasks' folders
 * @returns the containers that were killed
 */
export async function killOrphanedContainers(folderOfTasks: string): Promise<OrphanedContainer[]> {
  const stopped: OrphanedContainer[] = [];
  for (const task of await namesIn(folderOfTasks)) {
    const taskDirectory = join(folderOfTasks, task);
    for (const name of await namesIn(recordsFolder(taskDirectory))) {
      const container = basename(name, '.json');
      const note = await readRecord(recordFile(taskDirectory, container));
      if (note && (await startTimeOf(note.pid)) === note.started) {
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

const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
