/** Stores the bytes of image layers, in memory or as files in a folder. */
import {
  closeSync,
  createReadStream,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
  constants,
} from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';

/** A store of bytes by key, e.g. `sha256:…`. */
export interface Blobs {
  put(key: string, bytes: Uint8Array): void;
  /**
   * Writes bytes into a growing blob, and cuts off everything after them.
   * @param position the index of the first byte; the blob has at least this many bytes already
   */
  append(key: string, position: number, bytes: Uint8Array): void;
  /** Moves a blob to another key. */
  move(from: string, to: string): void;
  /** Returns all bytes of a blob. */
  get(key: string): Uint8Array | undefined;
  /** Returns the bytes of a blob as a stream, so that a large blob does not fill the memory. */
  read(key: string): Readable | undefined;
  has(key: string): boolean;
  delete(key: string): void;
  clear(): void;
}

export function memoryBlobs(): Blobs {
  const blobs = new Map<string, Uint8Array>();
  return {
    put: (key, bytes) => void blobs.set(key, bytes),
    append(key, position, bytes) {
      const before = blobs.get(key)?.subarray(0, position) ?? new Uint8Array();
      blobs.set(key, Buffer.concat([before, bytes]));
    },
    move(from, to) {
      blobs.set(to, blobs.get(from) ?? new Uint8Array());
      blobs.delete(from);
    },
    get: (key) => blobs.get(key),
    read(key) {
      const bytes = blobs.get(key);
      return bytes && Readable.from([bytes]);
    },
    has: (key) => blobs.has(key),
    delete: (key) => void blobs.delete(key),
    clear: () => blobs.clear(),
  };
}

/** Stores blobs as files in `folder`, which is created when needed. Only the owner can read the files. */
export function folderBlobs(folder: string): Blobs {
  const fileOf = (key: string) => join(folder, key.replace(/[^\w.-]/g, '_'));
  const makeFolder = () => mkdirSync(folder, { recursive: true, mode: 0o700 });
  return {
    put(key, bytes) {
      makeFolder();
      // The file is renamed when it is complete, so that no partial layer is ever under the final name.
      const temporaryFile = `${fileOf(key)}.${process.pid}.new`;
      writeFileSync(temporaryFile, bytes, { mode: 0o600 });
      renameSync(temporaryFile, fileOf(key));
    },
    append(key, position, bytes) {
      makeFolder();
      const file = openSync(fileOf(key), constants.O_RDWR | constants.O_CREAT, 0o600);
      try {
        for (let written = 0; written < bytes.length;)
          written += writeSync(file, bytes, written, bytes.length - written, position + written);
        ftruncateSync(file, position + bytes.length);
      } finally {
        closeSync(file);
      }
    },
    move: (from, to) => renameSync(fileOf(from), fileOf(to)),
    get: (key) => (existsSync(fileOf(key)) ? readFileSync(fileOf(key)) : undefined),
    read: (key) => (existsSync(fileOf(key)) ? createReadStream(fileOf(key)) : undefined),
    has: (key) => existsSync(fileOf(key)),
    delete: (key) => rmSync(fileOf(key), { force: true }),
    clear: () => rmSync(folder, { recursive: true, force: true }),
  };
}
