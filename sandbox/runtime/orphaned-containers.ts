/** Records running containers on disk, so that a new sandbox can kill the containers that a dead one left running. */
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { constants } from 'node:os';
import { basename, join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { startTimeOf } from './process-start-time.ts';
import { signalGroup } from './process.ts';

/** Identifies a process by its ID and start time, because the ID may be reused later. */
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
  const record: ProcessRecord = { pid, started };
  await mkdir(recordsFolder(taskDirectory), { recursive: true });
  await writeFileAtomic(recordFile(taskDirectory, container), JSON.stringify(record), { fsync: false });
}

/** Removes the record of a container that has ended. */
export async function removeRecord(taskDirectory: string, container: string): Promise<void> {
  await rm(recordFile(taskDirectory, container), { force: true });
}

/**
 * Kills the containers that a dead sandbox left running, as far as possible. A later process that reuses a recorded
 * ID is left alone. The caller must make sure that no other sandbox uses the folder.
 * @param folderOfTasks the parent of the tasks' folders
 * @returns the containers that were killed
 */
export async function killOrphanedContainers(folderOfTasks: string): Promise<OrphanedContainer[]> {
  const killed: OrphanedContainer[] = [];
  for (const task of await namesIn(folderOfTasks)) {
    const taskDirectory = join(folderOfTasks, task);
    for (const name of await namesIn(recordsFolder(taskDirectory))) {
      const container = basename(name, '.json');
      const record = await readRecord(recordFile(taskDirectory, container));
      if (record && (await startTimeOf(record.pid)) === record.started) {
        signalGroup(record.pid, constants.signals.SIGKILL);
        killed.push({ task, container, pid: record.pid });
      }
      await removeRecord(taskDirectory, container);
    }
  }
  return killed;
}

function recordsFolder(taskDirectory: string): string {
  return join(taskDirectory, 'pids');
}

function recordFile(taskDirectory: string, container: string): string {
  return join(recordsFolder(taskDirectory), `${container}.json`);
}

async function readRecord(file: string): Promise<ProcessRecord | undefined> {
  const record = await readFile(file, 'utf8')
    .then((text) => JSON.parse(text) as Partial<ProcessRecord> | null)
    .catch(() => undefined);
  const isComplete = Number.isInteger(record?.pid) && typeof record?.started === 'string';
  return isComplete ? (record as ProcessRecord) : undefined;
}

const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
