/** The bytes of image layers: in memory, or as files of a folder. */
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
  const kept = new Map<string, Uint8Array>();
  return {
    put: (key, bytes) => void kept.set(key, bytes),
    get: (key) => kept.get(key),
    has: (key) => kept.has(key),
    delete: (key) => void kept.delete(key),
    clear: () => kept.clear(),
  };
}

/** Blobs as files of `folder`, which is made when needed; files are readable by their owner alone. */
export function folderBlobs(folder: string): Blobs {
  const file = (key: string) => join(folder, key.replace(/[^\w.-]/g, '_'));
  return {
    put(key, bytes) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      // Written aside and renamed: a half-written layer must never pass for a whole one.
      const aside = `${file(key)}.${process.pid}.new`;
      writeFileSync(aside, bytes, { mode: 0o600 });
      renameSync(aside, file(key));
    },
    get: (key) => (existsSync(file(key)) ? readFileSync(file(key)) : undefined),
    has: (key) => existsSync(file(key)),
    delete: (key) => rmSync(file(key), { force: true }),
    clear: () => rmSync(folder, { recursive: true, force: true }),
  };
}
