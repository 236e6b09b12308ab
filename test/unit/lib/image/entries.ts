/** For tests: lists of entries in memory, and caches in folders that are removed after the test. */
import { afterEach } from '@jest/globals';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobCache } from '../../../../lib/image/blob-cache.ts';
import type { Entry, EntryList } from '../../../../lib/program/entries.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Makes a folder that is removed after the test. */
export function makeCacheFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'image-cache-'));
  folders.push(folder);
  return folder;
}

/** Makes an empty cache. @param freeBytes the free space of its disk */
export const makeCache = (freeBytes = Number.MAX_SAFE_INTEGER): BlobCache =>
  new BlobCache(join(makeCacheFolder(), 'cache'), () => Promise.resolve(freeBytes));

/** A file that is yielded in chunks of a given size. */
export function fileEntry(path: string, content: string | Uint8Array, mode = 0o644, chunkSize = 64): Entry {
  const bytes = Buffer.from(content);
  return {
    type: 'file',
    path,
    mode,
    size: bytes.length,
    async *read() {
      for (let start = 0; start < bytes.length; start += chunkSize) {
        await Promise.resolve();
        yield bytes.subarray(start, start + chunkSize);
      }
    },
  };
}

export const folderEntry = (path: string): Entry => ({ type: 'folder', path, mode: 0o755 });
export const linkEntry = (path: string, target: string): Entry => ({
  type: 'link',
  path,
  mode: 0o777,
  target,
});

/** Makes a list. Its key is derived from the paths, unless a key is given. */
export const listOf = (
  entries: readonly Entry[],
  key = createHash('sha256')
    .update(JSON.stringify(entries.map(({ path }) => path)))
    .digest('hex'),
): EntryList => ({
  entries,
  key,
  size: entries.reduce((sum, entry) => sum + (entry.type === 'file' ? entry.size : 0), 0),
});

export const NO_ENTRIES: EntryList = listOf([], 'none');
