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

/** Stores blobs as files in `folder`, which is created when needed. Only the owner can read the files. */
export function folderBlobs(folder: string): Blobs {
  const fileOf = (key: string) => join(folder, key.replace(/[^\w.-]/g, '_'));
  return {
    put(key, bytes) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      // The file is renamed when it is complete, so that no partial layer is ever under the final name.
      const temporaryFile = `${fileOf(key)}.${process.pid}.new`;
      writeFileSync(temporaryFile, bytes, { mode: 0o600 });
      renameSync(temporaryFile, fileOf(key));
    },
    get: (key) => (existsSync(fileOf(key)) ? readFileSync(fileOf(key)) : undefined),
    has: (key) => existsSync(fileOf(key)),
    delete: (key) => rmSync(fileOf(key), { force: true }),
    clear: () => rmSync(folder, { recursive: true, force: true }),
  };
}
