/** Moves the state of a stack out of a file for the whole stage, where earlier versions of Slipway kept it. */
import { existsSync } from 'node:fs';
import { readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../model/clock.ts';
import { Problem } from '../model/problem.ts';
import { takeLock } from './lock.ts';
import { makeFolder, removeTemporaryFiles, unwritable, writeAtomically } from './private-file.ts';
import { readState } from './read.ts';

/** The files of a stage, as earlier versions named them. */
interface FormerFiles {
  readonly file: string;
  readonly lock: string;
}

/** The run that needs the state of its stack. It holds the lock of this stack. */
interface CallingRun {
  readonly file: string;
  readonly stack: string;
  /** The command of the run; for the lock. */
  readonly command: string;
  readonly clock: Clock;
}

/**
 * Moves the state of a stack from its former file to its own file. A former file of another stack stays.
 * @returns a note for the user; undefined if there is nothing to tell
 * @throws LOCKED if a run of an earlier version is alive and may be working on this stack;
 *   STATE_CORRUPT, STATE_NEWER, STATE_UNWRITABLE
 */
export async function moveFormerState(former: FormerFiles, run: CallingRun): Promise<string | undefined> {
  const state = await readState(former.file);
  if (state ? state.stack !== run.stack : !existsSync(former.lock)) return undefined;
  const lock = await takeLock(former.lock, run.command, run.clock);
  try {
    // Another run may have moved the state before this run took the lock.
    if ((await readState(former.file))?.stack !== run.stack) return undefined;
    await removeTemporaryFiles(former.file);
    return await move(former.file, run);
  } catch (error) {
    throw error instanceof Problem ? error : unwritable(run.file, error);
  } finally {
    await lock.release();
  }
}

async function move(from: string, { file, stack }: CallingRun): Promise<string | undefined> {
  if (existsSync(file)) {
    if ((await readFile(from, 'utf8')) !== (await readFile(file, 'utf8')))
      return `${from} is not used: the state of ${stack} is in ${file}. An earlier version of Slipway wrote it; to remove it: rm ${from}`;
    // A run was killed after it had copied the file.
    await rm(from);
    return undefined;
  }
  // A file is copied to another folder: the folders may be on different disks, and a relative link would lead elsewhere.
  if (dirname(from) === dirname(file)) await rename(from, file);
  else {
    await makeFolder(dirname(file));
    await writeAtomically(file, await readFile(from, 'utf8'));
    await rm(from);
  }
  return `The state of ${stack} has moved from ${from} to ${file}.`;
}
