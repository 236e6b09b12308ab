/** The containers that run, noted on disk, so that a new sandbox can end what a dead one left behind. */
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { constants } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import writeFileAtomic from 'write-file-atomic';
import { signalGroup } from './process.ts';

/** A process for good: numbers are used again, but not with the same start. */
interface Note {
  pid: number;
  started: string;
}

/** A container that was still running. */
export interface Leftover {
  task: string;
  container: string;
  pid: number;
}

/** Notes that a container runs. */
export async function noteContainer(taskDirectory: string, container: string, pid: number): Promise<void> {
  const started = await startOf(pid);
  if (started === undefined) return;
  const note: Note = { pid, started };
  await mkdir(notesFolder(taskDirectory), { recursive: true });
  await writeFileAtomic(noteFile(taskDirectory, container), JSON.stringify(note), { fsync: false });
}

/** Notes that a container has ended. */
export async function forgetContainer(taskDirectory: string, container: string): Promise<void> {
  await rm(noteFile(taskDirectory, container), { force: true });
}

/**
 * Kills the containers that a dead sandbox left running. Best effort; a process that only has the number of an old one is left
 * alone. Call it when no other sandbox uses the folder.
 * @param folderOfTasks the folder that holds the tasks' folders
 * @returns the containers that were killed
 */
export async function stopLeftovers(folderOfTasks: string): Promise<Leftover[]> {
  const stopped: Leftover[] = [];
  for (const task of await namesIn(folderOfTasks)) {
    const taskDirectory = join(folderOfTasks, task);
    for (const name of await namesIn(notesFolder(taskDirectory))) {
      const container = basename(name, '.json');
      const note = await readNote(noteFile(taskDirectory, container));
      if (note && (await startOf(note.pid)) === note.started) {
        signalGroup(note.pid, constants.signals.SIGKILL);
        stopped.push({ task, container, pid: note.pid });
      }
      await forgetContainer(taskDirectory, container);
    }
  }
  return stopped;
}

function notesFolder(taskDirectory: string): string {
  return join(taskDirectory, 'pids');
}

function noteFile(taskDirectory: string, container: string): string {
  return join(notesFolder(taskDirectory), `${container}.json`);
}

async function readNote(file: string): Promise<Note | undefined> {
  const note = await readFile(file, 'utf8')
    .then((text) => JSON.parse(text) as Partial<Note> | null)
    .catch(() => undefined);
  const isWhole = Number.isInteger(note?.pid) && typeof note?.started === 'string';
  return isWhole ? (note as Note) : undefined;
}

/** When a process started, as text to compare; undefined when it is not there or has ended. */
export async function startOf(pid: number): Promise<string | undefined> {
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
export async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
