/** Claims a sandbox's folder for one process. A second sandbox would kill the tasks of the first and overwrite its world. */
import { createHash, randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeSandboxFolder } from './folder.ts';
import { startTimeOf } from '../runtime/process-start-time.ts';

/** Returns the path of the file that claims a folder. */
export const claimFileIn = (folder: string): string => join(folder, 'claim');

/** Thrown when another running sandbox keeps its state in the folder. */
export class FolderTakenError extends Error {
  /** @param pid the process of the other sandbox */
  constructor(folder: string, pid: number) {
    super(`Another sandbox, process ${pid}, keeps its state in ${folder}.`);
    this.name = 'FolderTakenError';
  }
}

/**
 * Claims a folder for this process. The claim of a dead process is taken over.
 * @returns a function that releases the claim
 * @throws FolderTakenError when a running process holds the claim
 */
export async function claimFolder(folder: string): Promise<() => Promise<void>> {
  makeSandboxFolder(folder);
  const file = claimFileIn(folder);
  await acquire(file, `${process.pid} ${await startTimeOf(process.pid)}\n`, folder);
  return () => rm(file, { force: true });
}

/** Writes this process's claim into a file that only one process can own. */
async function acquire(file: string, claim: string, folder: string): Promise<void> {
  for (;;) {
    if (await writeInPlace(claim, file, link)) return;
    const existing = await read(file);
    if (existing === undefined) continue;
    const holder = await runningHolder(existing);
    if (holder !== undefined) throw new FolderTakenError(folder, holder);
    if (await replaceDeadClaim(file, claim, existing, folder)) return;
  }
}

/**
 * Replaces the claim of a dead process. Several processes may find the dead claim at the same time, and the slowest must
 * not overwrite the new claim of the fastest. Therefore a process must first acquire a takeover file, whose name is
 * derived from the dead claim.
 * @returns false when another process has already replaced the claim
 */
async function replaceDeadClaim(
  file: string,
  claim: string,
  deadClaim: string,
  folder: string,
): Promise<boolean> {
  const digest = createHash('sha256').update(deadClaim).digest('hex');
  const takeoverFile = `${file}.${digest.slice(0, 8)}.takeover`;
  await acquire(takeoverFile, claim, folder);
  try {
    return (await read(file)) === deadClaim && (await writeInPlace(claim, file, rename));
  } finally {
    await rm(takeoverFile, { force: true });
  }
}

/**
 * Writes a temporary file and moves it into place, so that no process ever reads an incomplete claim.
 * @returns false when the file exists already
 */
async function writeInPlace(text: string, file: string, move: typeof link): Promise<boolean> {
  const temporaryFile = `${file}.${process.pid}.${randomUUID()}.new`;
  try {
    await writeFile(temporaryFile, text, { mode: 0o600 });
    await move(temporaryFile, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(temporaryFile, { force: true });
  }
}

async function read(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Returns the ID of the process that a claim names. Undefined when that process is no longer running. */
export async function runningHolder(text: string): Promise<number | undefined> {
  const [pid = 0, started] = /^(\d+) (.+)$/m.exec(text)?.slice(1) ?? [];
  if (started === undefined) return undefined;
  return (await startTimeOf(Number(pid))) === started ? Number(pid) : undefined;
}
