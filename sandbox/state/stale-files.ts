/** Removes the temporary files that a sandbox left behind when it was killed in the middle of a write. */
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startTimeOf } from '../runtime/process-start-time.ts';
import { runningHolder } from './claim.ts';

/** Matches temporary files that were never moved into place, by folder. */
const STALE_FILES: Readonly<Record<string, RegExp>> = {
  '.': /^(?:world|token|authorization)\.\d+$/,
  blobs: /\.\d+\.new$/,
};

/** Matches temporary files of claims, and captures the ID of the process that wrote the file. */
const TEMPORARY_CLAIM = /^claim(?:\.[0-9a-f]{8}\.takeover)*\.(\d+)(?:\.dead|\.[0-9a-f-]{36}\.new)?$/;
/** Matches the files that grant the right to replace a dead claim. */
const TAKEOVER = /^claim(?:\.[0-9a-f]{8}\.takeover)+$/;

/**
 * Removes all stale temporary files.
 * @param folder the folder of a sandbox, which this process has claimed
 */
export async function removeStaleFiles(folder: string): Promise<void> {
  for (const [subfolder, pattern] of Object.entries(STALE_FILES)) {
    for (const name of await namesIn(join(folder, subfolder)))
      if (pattern.test(name)) await rm(join(folder, subfolder, name), { force: true });
  }
  for (const name of await namesIn(folder))
    if (await isStaleClaim(folder, name)) await rm(join(folder, name), { force: true });
}

/**
 * Whether a file is the stale temporary file of a claim. The file is not stale while its writer is running, because the
 * writer may still be claiming the folder.
 */
async function isStaleClaim(folder: string, name: string): Promise<boolean> {
  const [, pid] = TEMPORARY_CLAIM.exec(name) ?? [];
  if (pid !== undefined) return (await startTimeOf(Number(pid))) === undefined;
  if (!TAKEOVER.test(name)) return false;
  const text = await readFile(join(folder, name), 'utf8').catch(() => '');
  return (await runningHolder(text)) === undefined;
}

const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
