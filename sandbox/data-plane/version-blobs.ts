/** The blobs of the versions that intercept requests: files on disk, which are removed when no version of the session needs them. */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
/** The maximum size of all blobs of a session, bytes: an image has at most 4 GiB, and its successor may exist at the same time. */
const MAX_BYTES = 8 * 1024 ** 3;
const INCOMPLETE = '.part';

/** A part of a blob. */
export interface BlobPart {
  /** Identifies the upload: the same blob may be sent twice at the same time. */
  readonly upload: string;
  /** The position of the first byte. */
  readonly offset: number;
  readonly bytes: Uint8Array;
  /** The digest of the whole blob if this is the last part. */
  readonly digest: string | undefined;
}

/** The blobs of one session. */
export class VersionBlobs {
  readonly #folder: string;
  readonly #maxBytes: number;
  readonly #sizes = new Map<string, number>();
  /** The digests that each service's newest version needs, keyed by the ARN of the service. */
  readonly #needed = new Map<string, readonly string[]>();
  #isRemoved = false;

  /** @param folder of these blobs alone; it is created with the first one @param maxBytes the limit of their total size */
  constructor(folder: string, maxBytes = MAX_BYTES) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
  }

  has(digest: string): boolean {
    return this.#sizes.has(digest) && existsSync(this.#file(digest));
  }

  /** Reads a blob. @throws ENOENT if it has been removed meanwhile */
  read(digest: string): Uint8Array {
    return readFileSync(this.#file(digest));
  }

  /**
   * Appends a part to a blob.
   * @throws Error if a part is missing, if the bytes have another digest, or if the limit is exceeded; the upload is then discarded
   */
  async receive({ upload, offset, bytes, digest }: BlobPart): Promise<void> {
    if (!/^[0-9a-f-]{36}$/.test(upload)) throw new Error('The name of the upload is invalid.');
    const name = `${upload}${INCOMPLETE}`;
    const file = join(this.#folder, name);
    try {
      const received = this.#sizes.get(name) ?? 0;
      if (offset !== received) throw new Error(`The blob has ${received} bytes, not ${offset}.`);
      const total = [...this.#sizes.values()].reduce((sum, size) => sum + size, bytes.length);
      if (total > this.#maxBytes)
        throw new Error(`The versions have more than ${this.#maxBytes / 1024 ** 3} GiB of blobs.`);
      this.#sizes.set(name, received + bytes.length);
      await mkdir(this.#folder, { recursive: true, mode: FOLDER_MODE });
      await append(file, bytes, offset === 0);
      if (digest === undefined) return;
      const actual = await digestOfFile(file);
      if (actual !== digest) throw new Error(`The blob has the digest ${actual}, not ${digest}.`);
      await rename(file, this.#file(digest));
      this.#sizes.delete(name);
      this.#sizes.set(digest, received + bytes.length);
    } catch (error) {
      this.#sizes.delete(name);
      await rm(file, { force: true });
      throw error;
    } finally {
      if (this.#isRemoved) await this.remove();
    }
  }

  /** Keeps the blobs that a service's next version needs, even before it starts. */
  keep(serviceArn: string, digests: readonly string[]): void {
    this.#needed.set(serviceArn, digests);
  }

  /** Removes the blobs that no service's newest version needs. */
  async removeUnused(): Promise<void> {
    const needed = new Set([...this.#needed.values()].flat());
    const unused = [...this.#sizes.keys()].filter((name) => !name.endsWith(INCOMPLETE) && !needed.has(name));
    for (const digest of unused) this.#sizes.delete(digest);
    await Promise.all(unused.map((digest) => rm(this.#file(digest), { force: true })));
  }

  /** Removes all blobs. */
  async remove(): Promise<void> {
    this.#isRemoved = true;
    this.#sizes.clear();
    await rm(this.#folder, { recursive: true, force: true });
  }

  #file(digest: string): string {
    if (!/^sha256:[0-9a-f]{64}$/.test(digest)) throw new Error(`${digest} is not a digest.`);
    return join(this.#folder, digest.slice('sha256:'.length));
  }
}

async function append(path: string, bytes: Uint8Array, isFirst: boolean): Promise<void> {
  const file = await open(path, isFirst ? 'wx' : 'a', FILE_MODE);
  try {
    await file.writeFile(bytes);
  } finally {
    await file.close();
  }
}

async function digestOfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 }))
    hash.update(chunk as Uint8Array);
  return `sha256:${hash.digest('hex')}`;
}
