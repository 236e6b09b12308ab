/** Blobs on disk under their digests, such as the layers of a base image, and small records about them; only their owner can read them. */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdir, open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { isCode } from '../aws/errors.ts';
import { blobIdentityOf, isDigestName, type BlobIdentity } from './blob-identity.ts';
import { freeBytesOf, requirePrivateFolders } from './cache-folder.ts';
import { diskFull } from './image-problems.ts';

const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
/** Files that no run has used for this long are removed, milliseconds: 30 days. */
const UNUSED_LIFETIME_MS = 30 * 24 * 3600 * 1000;
/** A file that is still incomplete after this long belongs to a process that was killed, milliseconds: a day. */
const INCOMPLETE_LIFETIME_MS = 24 * 3600 * 1000;
/** Bytes that must stay free on the disk, because the system and other programs need some. */
const RESERVE_BYTES = 64 * 1024 * 1024;
const INCOMPLETE = '.incomplete';
/** The names of the files that the cache makes; it removes no others. */
const OWN_FILE = /^[0-9a-f]{64}$|\.incomplete$/;

/** The error for bytes that are not those of the digest that they should have. */
export class DigestMismatch extends Error {
  constructor({ digest, size }: BlobIdentity, actual: BlobIdentity) {
    super(`expected ${size} bytes with the digest ${digest}, got ${actual.size} bytes with ${actual.digest}`);
    this.name = 'DigestMismatch';
  }
}

/** A cache in a folder. Several processes can use it at the same time: files appear with one rename, when they are complete. */
export class BlobCache {
  readonly folder: string;
  readonly #freeBytes: (folder: string) => Promise<number>;
  readonly #making = new Map<string, Promise<unknown>>();
  #checked: Promise<void> | undefined;

  /**
   * @param folder absolute; it is created on the first write
   * @param freeBytes returns the free space of the disk of a folder
   */
  constructor(folder: string, freeBytes = freeBytesOf) {
    this.folder = folder;
    this.#freeBytes = freeBytes;
  }

  /** Checks that no other user can write to the cache. Its first use checks this, too. @throws CACHE_FOLDER */
  requirePrivate(): Promise<void> {
    const folders = [this.folder, join(this.folder, 'blobs'), join(this.folder, 'records')];
    return (this.#checked ??= requirePrivateFolders(folders));
  }

  /**
   * Whether the cache has a blob. The bytes are read and compared with the digest: a damaged file is removed, and counts as missing.
   */
  async has(blob: BlobIdentity): Promise<boolean> {
    await this.requirePrivate();
    const file = this.#blobFile(blob.digest);
    try {
      const actual = await blobIdentityOf(createReadStream(file));
      if (actual.digest === blob.digest && actual.size === blob.size) {
        await touch(file);
        return true;
      }
      await rm(file, { force: true });
      return false;
    } catch (error) {
      if (isCode(error, 'ENOENT')) return false;
      throw error;
    }
  }

  /** Reads a blob in chunks. @throws ENOENT if the cache does not have it */
  read(digest: string): AsyncIterable<Uint8Array> {
    return createReadStream(this.#blobFile(digest), { highWaterMark: 1024 * 1024 });
  }

  /** Reads a blob into memory. @throws ENOENT if the cache does not have it */
  readAll(digest: string): Promise<Uint8Array> {
    return readFile(this.#blobFile(digest));
  }

  /**
   * Stores a blob.
   * @param expected what the bytes must be; undefined if only they decide
   * @returns the digest and the size
   * @throws DISK_FULL; DigestMismatch, in which case nothing is stored; the error of `bytes`
   */
  async store(bytes: AsyncIterable<Uint8Array>, expected?: BlobIdentity): Promise<BlobIdentity> {
    await this.requirePrivate();
    if (expected) await this.requireSpace(expected.size);
    const incomplete = await this.temporaryPath();
    try {
      const file = await open(incomplete, 'wx', FILE_MODE);
      let actual: BlobIdentity;
      try {
        actual = await blobIdentityOf(bytes, (chunk) => file.writeFile(chunk), expected?.size);
      } finally {
        await file.close();
      }
      if (expected && (expected.digest !== actual.digest || expected.size !== actual.size))
        throw new DigestMismatch(expected, actual);
      await rename(incomplete, this.#blobFile(actual.digest));
      return actual;
    } catch (error) {
      await rm(incomplete, { force: true });
      throw this.#explained(error);
    }
  }

  /** Returns the path for a new temporary file in the cache. If a killed process leaves the file behind, `removeUnused` removes it. */
  temporaryPath(): Promise<string> {
    return this.#pathFor(join('blobs', `${randomUUID()}${INCOMPLETE}`));
  }

  /** Checks that the disk has space for a blob. @throws DISK_FULL */
  async requireSpace(size: number): Promise<void> {
    await this.#pathFor(join('blobs', 'any'));
    const free = await this.#freeBytes(this.folder);
    if (free < size + RESERVE_BYTES) throw diskFull(this.folder, { size, free });
  }

  /** Makes what a record describes. Calls with the same name share the result while it is being made. @param name any string */
  async makeOnce<T>(name: string, make: () => Promise<T>): Promise<T> {
    const making = this.#making.get(name) ?? make();
    this.#making.set(name, making);
    try {
      return (await making) as T;
    } finally {
      this.#making.delete(name);
    }
  }

  /** Reads a record. Returns undefined if the record does not exist or cannot be parsed. @param name any string */
  async readRecord(name: string): Promise<unknown> {
    await this.requirePrivate();
    const file = this.#recordFile(name);
    try {
      const record: unknown = JSON.parse(await readFile(file, 'utf8'));
      await touch(file);
      return record;
    } catch {
      return undefined;
    }
  }

  /** Writes a record, which replaces an earlier one. @throws DISK_FULL */
  async writeRecord(name: string, record: object): Promise<void> {
    await this.requirePrivate();
    try {
      await this.#pathFor(join('records', 'any'));
      await writeFileAtomic(this.#recordFile(name), JSON.stringify(record), { mode: FILE_MODE });
    } catch (error) {
      throw this.#explained(error);
    }
  }

  /** Removes what has not been used for 30 days, and what killed processes left. @param now milliseconds since 1970 */
  async removeUnused(now: number): Promise<void> {
    await this.requirePrivate();
    for (const folder of ['blobs', 'records']) {
      const names = await readdir(join(this.folder, folder)).catch(() => []);
      for (const name of names.filter((one) => OWN_FILE.test(one))) {
        const file = join(this.folder, folder, name);
        const lifetime = name.endsWith(INCOMPLETE) ? INCOMPLETE_LIFETIME_MS : UNUSED_LIFETIME_MS;
        // Another process may have removed it.
        const lastUse = await stat(file).then(
          ({ mtimeMs }) => mtimeMs,
          () => now,
        );
        if (now - lastUse > lifetime) await rm(file, { force: true });
      }
    }
  }

  #explained(error: unknown): unknown {
    return isCode(error, 'ENOSPC', 'EDQUOT') ? diskFull(this.folder, { cause: error }) : error;
  }

  #blobFile(digest: string): string {
    if (isDigestName(digest)) return join(this.folder, 'blobs', digest.slice('sha256:'.length));
    throw new Error(`${String(digest)} is not a SHA-256 digest`);
  }

  #recordFile(name: string): string {
    return join(this.folder, 'records', createHash('sha256').update(name).digest('hex'));
  }

  /** Returns the path of a file of the cache, in a folder that exists. */
  async #pathFor(name: string): Promise<string> {
    const path = join(this.folder, name);
    const made = await mkdir(dirname(path), { recursive: true, mode: FOLDER_MODE });
    // A umask can mask the owner's bits, too.
    if (made !== undefined) await chmod(dirname(path), FOLDER_MODE);
    return path;
  }
}

/** Marks a file as used now, which keeps it from being removed. The cache may belong to another user. */
const touch = (file: string): Promise<void> => utimes(file, new Date(), new Date()).catch(() => undefined);
