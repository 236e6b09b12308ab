// Packing layers: the bytes depend only on the entries, modes and links are kept, and an unchanged list is not packed again.
import { expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { unpackTar } from 'modern-tar';
import type { BlobCache } from '../../../../lib/image/blob-cache.ts';
import { ensureLayer, inBlocks, packLayer } from '../../../../lib/image/layer.ts';
import type { Entry } from '../../../../lib/program/entries.ts';
import { fileEntry, folderEntry, linkEntry, listOf, makeCache } from './entries.ts';

const LONG = `app/node_modules/${'deep/'.repeat(40)}index.js`;
const entries = (chunkSize?: number): Entry[] => [
  folderEntry('app'),
  folderEntry('app/bin'),
  fileEntry('app/bin/start', '#!/bin/sh\n', 0o755, chunkSize),
  fileEntry('app/empty', '', 0o644, chunkSize),
  linkEntry('app/link', 'bin/start'),
  fileEntry(LONG, 'x'.repeat(300_000), 0o644, chunkSize),
  fileEntry('app/ünïcode.txt', 'ü', 0o644, chunkSize),
];

async function bytesIn(cache: BlobCache, digest: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of cache.read(digest)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
const packedBytes = async (list = listOf(entries())) => {
  const cache = makeCache();
  return bytesIn(cache, (await packLayer(list, cache)).digest);
};

test('a layer contains the entries with their modes, all owned by one user and without times', async () => {
  const cache = makeCache();
  const layer = await packLayer(listOf(entries()), cache);
  const archive = gunzipSync(await bytesIn(cache, layer.digest));
  expect(layer).toMatchObject({
    mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
    diffId: `sha256:${createHash('sha256').update(archive).digest('hex')}`,
  });
  const unpacked = await unpackTar(archive);
  expect(unpacked.map(({ header: { name, type, mode, linkname } }) => [name, type, mode, linkname])).toEqual([
    ['app/', 'directory', 0o755, ''],
    ['app/bin/', 'directory', 0o755, ''],
    ['app/bin/start', 'file', 0o755, ''],
    ['app/empty', 'file', 0o644, ''],
    ['app/link', 'symlink', 0o777, 'bin/start'],
    [LONG, 'file', 0o644, ''],
    ['app/ünïcode.txt', 'file', 0o644, ''],
  ]);
  for (const { header } of unpacked)
    expect([header.uid, header.gid, header.mtime?.getTime()]).toEqual([1000, 1000, 0]);
  expect(Buffer.from(unpacked[5]?.data ?? []).toString()).toBe('x'.repeat(300_000));
});

test('a layer that stays on this machine is not compressed, and is packed again in the same way', async () => {
  const cache = makeCache();
  const list = listOf(entries(), 'key');
  const compressed = await packLayer(list, cache);
  const layer = await packLayer(list, cache, { isCompressed: false });
  expect(layer).toMatchObject({
    mediaType: 'application/vnd.oci.image.layer.v1.tar',
    digest: compressed.diffId,
    diffId: compressed.diffId,
  });
  expect(await packLayer(listOf([], 'key'), cache, { isCompressed: false })).toEqual(layer);
  const other = makeCache();
  await ensureLayer(list, layer, other);
  expect(await bytesIn(other, layer.digest)).toEqual(await bytesIn(cache, layer.digest));
});

test('a packing that is aborted ends early, and leaves nothing in the cache', async () => {
  const cache = makeCache();
  const controller = new AbortController();
  let readCount = 0;
  const endless: Entry = {
    type: 'file',
    path: 'app/large',
    mode: 0o644,
    size: 1024 ** 4,
    async *read() {
      for (;;) {
        await new Promise((resolve) => setImmediate(resolve));
        readCount += 1;
        if (readCount === 5) controller.abort(new Error('enough'));
        yield new Uint8Array(256 * 1024);
      }
    },
  };
  await expect(packLayer(listOf([endless]), cache, { signal: controller.signal })).rejects.toThrow('enough');
  expect(readdirSync(join(cache.folder, 'blobs'))).toEqual([]);
  const readsAtEnd = readCount;
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(readCount).toBeLessThanOrEqual(readsAtEnd + 1);
});

test('the bytes are the same in every cache, and however the files arrive', async () => {
  const packed = await packedBytes();
  expect((await packedBytes(listOf(entries(7)))).equals(packed)).toBe(true);
  expect((await packedBytes(listOf(entries(1_000_000)))).equals(packed)).toBe(true);
  // The digest is part of this test on purpose: if it changes, every image of every user changes.
  expect(createHash('sha256').update(packed).digest('hex')).toMatchInlineSnapshot(
    `"a294af672e0604f50b3860853fb691c150ad6820c851b5f3eae04e0e7f5a5a21"`,
  );
});

test('a list with a known key is not read again, in this run or a later one', async () => {
  const cache = makeCache();
  const layer = await packLayer(listOf(entries(), 'key'), cache);
  const read = () => {
    throw new Error('it was read');
  };
  const unreadable = { ...fileEntry('app/a', 'a'), read } as Entry;
  expect(await packLayer(listOf([unreadable], 'key'), cache)).toEqual(layer);
  await expect(packLayer(listOf([unreadable], 'other'), cache)).rejects.toThrow('it was read');
});

test('programs that are packed at the same time share the layer of a list', async () => {
  const cache = makeCache();
  let reads = 0;
  const read = async function* () {
    reads += 1;
    yield new TextEncoder().encode('a');
  };
  const entry = { ...fileEntry('app/a', 'a'), read } as Entry;
  const [first, second] = await Promise.all([1, 2].map(() => packLayer(listOf([entry], 'key'), cache)));
  expect(second).toEqual(first);
  expect(reads).toBe(1);
});

test('a layer whose bytes were deleted from the cache is packed again, and must be the same', async () => {
  const cache = makeCache();
  const list = listOf(entries());
  const layer = await packLayer(list, cache);
  const blobs = join(cache.folder, 'blobs');
  rmSync(blobs, { recursive: true });
  await ensureLayer(list, layer, cache);
  expect(readdirSync(blobs)).toEqual([layer.digest.slice('sha256:'.length)]);
  rmSync(blobs, { recursive: true });
  const changed = listOf([fileEntry('app/a', 'changed')], list.key);
  await expect(ensureLayer(changed, layer, cache)).rejects.toThrow(`had ${layer.digest} before`);
});

test('an entry that cannot be read fails the layer with its own error, and nothing is stored', async () => {
  const cache = makeCache();
  const failing = {
    ...fileEntry('app/a', 'abc'),
    async *read() {
      await Promise.resolve();
      yield new Uint8Array(1);
      throw new Error('app/a has changed');
    },
  } as Entry;
  await expect(packLayer(listOf([failing]), cache)).rejects.toThrow('app/a has changed');
  expect(readdirSync(join(cache.folder, 'blobs'))).toEqual([]);
});

test.each([
  ['fewer', 'ab'],
  ['more', 'abcd'],
])('a file with %s bytes than its size fails the layer', async (_, content) => {
  const entry = { ...fileEntry('app/a', content), size: 3 } as Entry;
  await expect(packLayer(listOf([entry]), makeCache())).rejects.toThrow();
});

test('a disk without space is a problem before a file is read', async () => {
  const list = { ...listOf(entries()), size: 10 ** 9 };
  await expect(packLayer(list, makeCache(10 ** 9))).rejects.toMatchObject({ code: 'DISK_FULL' });
});

test('bytes are cut into blocks of one size', async () => {
  async function* chunks() {
    for (const size of [1, 2, 9, 0, 4]) {
      await Promise.resolve();
      yield new Uint8Array(size).fill(size);
    }
  }
  const blocks: number[][] = [];
  for await (const block of inBlocks(chunks(), 5)) blocks.push([...block]);
  expect(blocks).toEqual([[1, 2, 2, 9, 9], [9, 9, 9, 9, 9], [9, 9, 4, 4, 4], [4]]);
});

test('a large layer is packed with little memory', async () => {
  const size = 200 * 1024 * 1024;
  const chunk = new Uint8Array(64 * 1024);
  let peak = 0;
  const large: Entry = {
    ...fileEntry('app/large', ''),
    type: 'file',
    size,
    async *read() {
      for (let sent = 0; sent < size; sent += chunk.length) {
        await Promise.resolve();
        peak = Math.max(peak, process.memoryUsage().arrayBuffers);
        yield chunk;
      }
    },
  };
  const before = process.memoryUsage().arrayBuffers;
  await packLayer(listOf([large]), makeCache());
  expect(peak - before).toBeLessThan(100 * 1024 * 1024);
}, 60_000);
