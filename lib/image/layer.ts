/** Packs a list of entries as a layer: a tar archive, compressed or not, whose bytes depend on nothing but the entries. */
import { createHash } from 'node:crypto';
import { Gzip } from 'fflate';
import { createTarPacker, type TarHeader } from 'modern-tar';
import type { Entry, EntryList } from '../program/entries.ts';
import { ARCHIVE_TYPE, EPOCH, NODE_USER_ID, OCI_LAYER_TYPE } from './image-format.ts';
import type { BlobCache } from './blob-cache.ts';
import { isDigestName, type BlobIdentity } from './blob-identity.ts';

/** The compression level. Together with BLOCK_BYTES it decides the bytes of every layer: see FORMAT. */
const LEVEL = 6;
/** The bytes that are compressed at a time. */
const BLOCK_BYTES = 128 * 1024;
/** The names of the ways to pack a layer. After a change of a name, every layer is packed again: the recorded ones have other bytes. */
const FORMATS = { compressed: 'tar-gzip-1', archive: 'tar-1' };

/** A layer as the manifest and the image configuration describe it. */
export interface LayerDescription extends BlobIdentity {
  readonly mediaType: string;
  /** The digest of the archive before it is compressed. */
  readonly diffId: string;
}

/**
 * Packs a layer into the cache, unless it is there: the key of the list tells.
 * @param options.isCompressed whether it is compressed, which takes most of the time; true by default
 * @param options.signal ends the packing
 * @throws DISK_FULL; the error of an entry that cannot be read, such as PACKAGE; the reason of the signal once it is aborted
 */
export async function packLayer(
  list: EntryList,
  cache: BlobCache,
  { isCompressed = true, signal }: { isCompressed?: boolean; signal?: AbortSignal | undefined } = {},
): Promise<LayerDescription> {
  const name = `layer ${isCompressed ? FORMATS.compressed : FORMATS.archive} ${list.key}`;
  // Programs with the same dependencies share a layer.
  return cache.makeOnce(name, async () => {
    const known = parseRecord(await cache.readRecord(name), isCompressed);
    if (known) return known;
    const layer = await pack(list, cache, isCompressed, signal);
    await cache.writeRecord(name, layer);
    return layer;
  });
}

/**
 * Packs a layer again if its bytes are no longer in the cache.
 * @throws as packLayer does; an error if the entries have other bytes than before
 */
export async function ensureLayer(
  list: EntryList,
  layer: BlobIdentity & Pick<LayerDescription, 'mediaType'>,
  cache: BlobCache,
): Promise<void> {
  if (await cache.has(layer)) return;
  const { digest } = await pack(list, cache, layer.mediaType === OCI_LAYER_TYPE);
  if (digest !== layer.digest)
    throw new Error(`The layer ${list.key} has the digest ${digest}, and had ${layer.digest} before`);
}

async function pack(
  { entries, size }: EntryList,
  cache: BlobCache,
  isCompressed: boolean,
  signal?: AbortSignal,
): Promise<LayerDescription> {
  await cache.requireSpace(size);
  const archive = inBlocks(untilAborted(archiveOf(entries), signal), BLOCK_BYTES);
  const mediaType = mediaTypeOf(isCompressed);
  if (!isCompressed) {
    const blob = await cache.store(archive);
    return { ...blob, diffId: blob.digest, mediaType };
  }
  const hash = createHash('sha256');
  const blob = await cache.store(compressed(hashed(archive, hash)));
  return { ...blob, diffId: `sha256:${hash.digest('hex')}`, mediaType };
}

const mediaTypeOf = (isCompressed: boolean): string => (isCompressed ? OCI_LAYER_TYPE : ARCHIVE_TYPE);

/** Returns the layer in a record, if it is complete: the cache's folder may contain anything. */
function parseRecord(record: unknown, isCompressed: boolean): LayerDescription | undefined {
  const { digest, size, diffId } = (record ?? {}) as Partial<LayerDescription>;
  return isDigestName(digest) && isDigestName(diffId) && typeof size === 'number'
    ? { digest, size, diffId, mediaType: mediaTypeOf(isCompressed) }
    : undefined;
}

/**
 * Packs entries as a tar archive. Files are read while the archive is consumed, so that memory is needed only for a part of it.
 * @see https://github.com/opencontainers/image-spec/blob/main/layer.md
 */
async function* archiveOf(entries: readonly Entry[]): AsyncGenerator<Uint8Array> {
  const { readable, controller } = createTarPacker();
  const write = async () => {
    for (const entry of entries) {
      const body = controller.add(headerOf(entry)).getWriter();
      if (entry.type === 'file') for await (const chunk of entry.read()) await body.write(chunk);
      await body.close();
    }
    controller.finalize();
  };
  // The reader of the archive gets the error. After a reader has stopped early, the error has no effect.
  write().catch((error: unknown) => controller.error(error as Error));
  yield* readable as unknown as AsyncIterable<Uint8Array>;
}

function headerOf(entry: Entry): TarHeader {
  const common = { mode: entry.mode, mtime: EPOCH, uid: NODE_USER_ID, gid: NODE_USER_ID };
  switch (entry.type) {
    case 'folder':
      return { ...common, ...entry.owner, name: `${entry.path}/`, type: 'directory', size: 0 };
    case 'link':
      return { ...common, name: entry.path, type: 'symlink', linkname: entry.target, size: 0 };
    case 'file':
      return { ...common, name: entry.path, type: 'file', size: entry.size };
  }
}

/** Passes bytes on. @throws the reason of the signal once it is aborted */
async function* untilAborted(
  bytes: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    signal?.throwIfAborted();
    yield chunk;
  }
}

async function* hashed(
  bytes: AsyncIterable<Uint8Array>,
  hash: { update(chunk: Uint8Array): unknown },
): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    hash.update(chunk);
    yield chunk;
  }
}

/**
 * Compresses in JavaScript, since the output of zlib differs between versions of Node and between processors.
 * @param blocks of one size, so that the output does not depend on how the bytes arrive
 */
async function* compressed(blocks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const output: Uint8Array[] = [];
  const gzip = new Gzip({ level: LEVEL, mtime: 0 }, (chunk) => output.push(chunk));
  for await (const block of blocks) {
    gzip.push(block);
    yield* output.splice(0);
  }
  gzip.push(new Uint8Array(), true);
  yield* output;
}

/** Cuts bytes into blocks of one size; the last block may be smaller. Each block is a new array. */
export async function* inBlocks(bytes: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
  let block = new Uint8Array(size);
  let filled = 0;
  for await (const chunk of bytes) {
    for (let start = 0; start < chunk.length;) {
      const part = chunk.subarray(start, start + size - filled);
      block.set(part, filled);
      filled += part.length;
      start += part.length;
      if (filled < size) continue;
      yield block;
      block = new Uint8Array(size);
      filled = 0;
    }
  }
  if (filled > 0) yield block.subarray(0, filled);
}
