/** Removes the temporary files of a sandbox that was killed in the middle of a write. Nothing ever reads them. */
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startTimeOf } from '../runtime/process-start-time.ts';
import { runningHolder } from './claim.ts';

/** Temporary files that were to be moved into place, by the folder that they are in. */
const STALE: Readonly<Record<string, RegExp>> = {
  '.': /^world\.\d+$/,
  blobs: /\.\d+\.new$/,
};

/** Temporary files of claims, with the number of the process that wrote them. */
const CLAIM_DRAFT = /^claim(?:\.[0-9a-f]{8}\.takeover)*\.(\d+)(?:\.dead|\.[0-9a-f-]{36}\.new)?$/;
/** The right to replace a dead claim. */
const TAKEOVER = /^claim(?:\.[0-9a-f]{8}\.takeover)+$/;

/** @param folder the folder of a sandbox that this process has claimed */
export async function removeStaleFiles(folder: string): Promise<void> {
  for (const [subfolder, stale] of Object.entries(STALE)) {
    for (const name of await namesIn(join(folder, subfolder)))
      if (stale.test(name)) await rm(join(folder, subfolder, name), { force: true });
  }
  for (const name of await namesIn(folder))
    if (await isStaleClaim(folder, name)) await rm(join(folder, name), { force: true });
}

/** A process that still runs may be trying to claim the folder; its files are left alone. */
async function isStaleClaim(folder: string, name: string): Promise<boolean> {
  const [, pid] = CLAIM_DRAFT.exec(name) ?? [];
  if (pid !== undefined) return (await startTimeOf(Number(pid))) === undefined;
  if (!TAKEOVER.test(name)) return false;
  const text = await readFile(join(folder, name), 'utf8').catch(() => '');
  return (await runningHolder(text)) === undefined;
}

const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
