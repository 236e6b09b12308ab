/** Stores the bytes of image layers, in memory or as files in a folder. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A store of bytes by key, e.g. `sha256:…`. */
export interface Blobs {
  put(key: string, bytes: Uint8Array): void;
  get(key: string): Uint8Array | undefined;
  has(key: string): boolean;
  delete(key: string): void;
  clear(): void;
}

export function memoryBlobs(): Blobs {
  const blobs = new Map<string, Uint8Array>();
  return {
    put: (key, bytes) => void blobs.set(key, bytes),
    get: (key) => blobs.get(key),
    has: (key) => blobs.has(key),
    delete: (key) => void blobs.delete(key),
    clear: () => blobs.clear(),
  };
}

/** Stores blobs as files in `folder`, which is created when needed; only the owner can read the files. */
export function folderBlobs(folder: string): Blobs {
  const file = (key: string) => join(folder, key.replace(/[^\w.-]/g, '_'));
  return {
    put(key, bytes) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      // The file is written under a temporary name and renamed, so that a partial layer never looks like a complete
      // one.
      const draft = `${file(key)}.${process.pid}.new`;
      writeFileSync(draft, bytes, { mode: 0o600 });
      renameSync(draft, file(key));
    },
    get: (key) => (existsSync(file(key)) ? readFileSync(file(key)) : undefined),
    has: (key) => existsSync(file(key)),
    delete: (key) => rmSync(file(key), { force: true }),
    clear: () => rmSync(folder, { recursive: true, force: true }),
  };
}
