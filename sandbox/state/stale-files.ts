/** Removes what a sandbox that was killed in the middle of a write has left aside: nothing ever reads it again. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { listFolder, processStartTime } from '../runtime/orphaned-containers.ts';

/** Names of files that were about to be moved into place, by the folder that they are in. */
const STALE: Readonly<Record<string, RegExp>> = {
  '.': /^world\.\d+$/,
  blobs: /\.\d+\.new$/,
};

/** @param folder of a sandbox that this process has claimed */
export async function removeStaleFiles(folder: string): Promise<void> {
  for (const [place, left] of Object.entries(STALE)) {
    for (const name of await listFolder(join(folder, place)))
      if (left.test(name)) await rm(join(folder, place, name));
  }
  for (const name of await listFolder(folder)) {
    // Whoever is alive may be about to claim the folder, and to be told that it is taken.
    const [, pid] = /^claim\.(\d+)(\.dead)?$/.exec(name) ?? [];
    if (pid !== undefined && (await processStartTime(Number(pid))) === undefined)
      await rm(join(folder, name));
  }
}
