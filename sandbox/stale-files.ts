/** Removes what a sandbox that was killed in the middle of a write has left aside: nothing ever reads it again. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { namesIn, startOf } from './runtime/leftovers.ts';

/** Names of files that were about to be moved into place, by the folder that they are in. */
const LEFT: Readonly<Record<string, RegExp>> = {
  '.': /^world\.\d+$/,
  blobs: /\.\d+\.new$/,
};

/** @param folder of a sandbox that this process has claimed */
export async function sweepAside(folder: string): Promise<void> {
  for (const [place, left] of Object.entries(LEFT)) {
    for (const name of await namesIn(join(folder, place)))
      if (left.test(name)) await rm(join(folder, place, name));
  }
  for (const name of await namesIn(folder)) {
    // Whoever is alive may be about to claim the folder, and to be told that it is taken.
    const [, pid] = /^claim\.(\d+)(\.dead)?$/.exec(name) ?? [];
    if (pid !== undefined && (await startOf(Number(pid))) === undefined) await rm(join(folder, name));
  }
}
