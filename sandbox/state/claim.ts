/** A sandbox's folder belongs to one process: a second would end the tasks of the first and write over its world. */
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { processStartTime } from '../runtime/orphaned-containers.ts';

/** Somebody else's sandbox keeps its state in the folder. */
export class FolderTakenError extends Error {
  /** @param holder its process */
  constructor(folder: string, holder: number) {
    super(`Another sandbox, process ${holder}, keeps its state in ${folder}.`);
    this.name = 'FolderTakenError';
  }
}

/**
 * Claims a folder for this process. The claim of a process that is dead is taken over.
 * @returns what gives the folder back
 * @throws FolderTaken when a living process holds it
 */
export async function claimFolder(folder: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, 'claim');
  const mine = `${process.pid} ${await processStartTime(process.pid)}\n`;
  const aside = `${file}.${process.pid}`;
  await writeFile(aside, mine, { mode: 0o600 });
  try {
    // Linked whole into place: whoever sees a claim sees whose it is.
    while (!(await taken(link(aside, file)))) {
      const theirs = await readFile(file, 'utf8').catch(() => '');
      const [pid = 0, started] = /^(\d+) (.+)$/m.exec(theirs)?.slice(1) ?? [];
      if (started !== undefined && (await processStartTime(Number(pid))) === started)
        throw new FolderTakenError(folder, Number(pid));
      await clear(file, theirs);
    }
  } finally {
    await rm(aside, { force: true });
  }
  return () => rm(file, { force: true });
}

/** Whether this process was first. */
async function taken(linking: Promise<void>): Promise<boolean> {
  try {
    await linking;
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Takes a dead process's claim away, unless somebody else was quicker and this is a new one. */
async function clear(file: string, dead: string): Promise<void> {
  const aside = `${file}.${process.pid}.dead`;
  try {
    await rename(file, aside);
  } catch {
    return;
  }
  if ((await readFile(aside, 'utf8')) === dead) await rm(aside, { force: true });
  else await rename(aside, file);
}
