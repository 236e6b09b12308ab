// The cache of blobs: what is stored is private and checked by its digest, and nothing incomplete remains.
import { expect, jest, test } from '@jest/globals';
import { chmodSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BlobCache } from '../../../../lib/image/blob-cache.ts';
import { digestOf } from '../../../../lib/image/image-format.ts';
import { makeCache } from './entries.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
async function* chunks(...texts: string[]) {
  for (const text of texts) {
    await Promise.resolve();
    yield bytesOf(text);
  }
}
const HELLO = { digest: digestOf(bytesOf('hello')), size: 5 };
const blobsIn = ({ folder }: BlobCache) => readdirSync(join(folder, 'blobs'));
const fileOf = ({ folder }: BlobCache, digest: string) => join(folder, 'blobs', digest.slice(7));

async function textOf(cache: BlobCache, digest: string): Promise<string> {
  let text = '';
  for await (const chunk of cache.read(digest)) text += new TextDecoder().decode(chunk);
  return text;
}

test('a blob is stored under its digest, and only its owner can read it', async () => {
  const cache = makeCache();
  expect(await cache.has(HELLO)).toBe(false);
  expect(await cache.store(chunks('hel', 'lo'))).toEqual(HELLO);
  expect(await cache.has(HELLO)).toBe(true);
  expect(await textOf(cache, HELLO.digest)).toBe('hello');
  const file = fileOf(cache, HELLO.digest);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  for (const folder of [cache.folder, join(cache.folder, 'blobs')])
    expect(statSync(folder).mode & 0o777).toBe(0o700);
});

test.each([
  ['another digest', chunks('hellO')],
  ['fewer bytes', chunks('hell')],
  ['more bytes', chunks('hello', '!')],
])('bytes with %s are not stored', async (_, bytes) => {
  const cache = makeCache();
  await expect(cache.store(bytes, HELLO)).rejects.toThrow(`expected 5 bytes with the digest ${HELLO.digest}`);
  expect(blobsIn(cache)).toEqual([]);
});

test('an endless stream is not read further than the expected size', async () => {
  const cache = makeCache();
  let count = 0;
  async function* endless() {
    for (;;) {
      count += 1;
      await Promise.resolve();
      yield bytesOf('hello');
    }
  }
  await expect(cache.store(endless(), HELLO)).rejects.toThrow('got 10 bytes');
  expect(count).toBe(2);
});

test('a stream that fails leaves nothing behind', async () => {
  const cache = makeCache();
  async function* failing() {
    yield bytesOf('hel');
    await Promise.resolve();
    throw new Error('the connection was lost');
  }
  await expect(cache.store(failing())).rejects.toThrow('the connection was lost');
  expect(blobsIn(cache)).toEqual([]);
});

test('a damaged file counts as missing, and is removed', async () => {
  const cache = makeCache();
  await cache.store(chunks('hello'));
  writeFileSync(fileOf(cache, HELLO.digest), 'hellO');
  expect(await cache.has(HELLO)).toBe(false);
  expect(blobsIn(cache)).toEqual([]);
});

test.each(['sha256:../../etc/passwd', 'sha512:00', ''])('%s is not a name of a blob', (digest) => {
  expect(() => makeCache().read(digest)).toThrow('is not a SHA-256 digest');
});

test('a blob that the disk has no space for is a problem before the first byte is read', async () => {
  const cache = makeCache(64 * 1024 * 1024 + 4);
  let isRead = false;
  async function* bytes() {
    isRead = true;
    await Promise.resolve();
    yield bytesOf('hello');
  }
  await expect(cache.store(bytes(), HELLO)).rejects.toMatchObject({
    code: 'DISK_FULL',
    why: `The disk of ${cache.folder} has 65 MiB free, which is too little for 1 MiB.`,
    fix: [expect.stringContaining('can be deleted at any time'), expect.stringContaining('SLIPWAY_CACHE')],
  });
  expect(isRead).toBe(false);
});

test.each(['ENOSPC', 'EDQUOT'])(
  'a disk that becomes full while a blob is written is a problem: %s',
  async (code) => {
    const cache = makeCache();
    async function* full() {
      yield bytesOf('hel');
      await Promise.resolve();
      throw Object.assign(new Error(`${code}: no space left on device, write`), { code });
    }
    await expect(cache.store(full())).rejects.toMatchObject({
      code: 'DISK_FULL',
      why: `The disk of ${cache.folder} has no space for the next layer: ${code}: no space left on device, write.`,
    });
    expect(blobsIn(cache)).toEqual([]);
  },
);

test('a record is kept under any name, and replaced', async () => {
  const cache = makeCache();
  const name = '../base node:22 *';
  expect(await cache.readRecord(name)).toBeUndefined();
  await cache.writeRecord(name, { digest: 1 });
  await cache.writeRecord(name, { digest: 2 });
  expect(await cache.readRecord(name)).toEqual({ digest: 2 });
  const [file = ''] = readdirSync(join(cache.folder, 'records'));
  expect(statSync(join(cache.folder, 'records', file)).mode & 0o777).toBe(0o600);
  writeFileSync(join(cache.folder, 'records', file), '{"digest":');
  expect(await cache.readRecord(name)).toBeUndefined();
});

test('what has not been used for 30 days, and what killed processes left, is removed', async () => {
  const cache = makeCache();
  const DAY = 24 * 3600 * 1000;
  const now = Date.now() + 40 * DAY;
  const old = await cache.store(chunks('old'));
  await cache.store(chunks('hello'));
  await cache.writeRecord('old', {});
  const incomplete = (days: number) => {
    const file = join(cache.folder, 'blobs', `${days}.incomplete`);
    writeFileSync(file, '');
    utimesSync(file, new Date(now - days * DAY), new Date(now - days * DAY));
  };
  incomplete(0.5);
  incomplete(2);
  const recent = fileOf(cache, HELLO.digest);
  utimesSync(recent, new Date(now - 29 * DAY), new Date(now - 29 * DAY));
  await cache.removeUnused(now);
  expect(blobsIn(cache).sort()).toEqual(['0.5.incomplete', HELLO.digest.slice(7)].sort());
  expect(await cache.readRecord('old')).toBeUndefined();
  expect(await cache.has({ ...old, size: 3 })).toBe(false);
  await expect(makeCache().removeUnused(now)).resolves.toBeUndefined();
});

test('files that the cache has not made are never removed', async () => {
  const cache = makeCache();
  await cache.store(chunks('hello'));
  const file = join(cache.folder, 'blobs', 'thesis.txt');
  writeFileSync(file, '');
  await cache.removeUnused(Date.now() + 400 * 24 * 3600 * 1000);
  expect(blobsIn(cache)).toEqual(['thesis.txt']);
});

const USES: [string, (cache: BlobCache) => Promise<unknown>][] = [
  ['has', (cache) => cache.has(HELLO)],
  ['store', (cache) => cache.store(chunks('hello'))],
  ['readRecord', (cache) => cache.readRecord('base')],
  ['writeRecord', (cache) => cache.writeRecord('base', {})],
  ['removeUnused', (cache) => cache.removeUnused(Date.now())],
];

test.each(USES)('a folder that others can write to is refused: %s', async (_, use) => {
  for (const mode of [0o770, 0o702]) {
    for (const part of ['.', 'blobs', 'records']) {
      const cache = makeCache();
      const folder = join(cache.folder, part);
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      chmodSync(folder, mode);
      await expect(use(cache)).rejects.toMatchObject({
        code: 'CACHE_FOLDER',
        what: `The cache of images in ${folder} is not private.`,
        now: 'Nothing was changed.',
        fix: [expect.stringContaining(`chmod go-w ${folder}`), expect.stringContaining('SLIPWAY_CACHE')],
      });
    }
  }
});

test.each(USES)('a folder that another user owns is refused: %s', async (_, use) => {
  const cache = makeCache();
  mkdirSync(cache.folder, { mode: 0o700 });
  const { uid } = statSync(cache.folder);
  const getuid = jest.spyOn(process, 'getuid').mockReturnValue(uid + 1);
  try {
    await expect(use(cache)).rejects.toMatchObject({
      code: 'CACHE_FOLDER',
      why: expect.stringContaining('Another user owns the folder'),
    });
  } finally {
    getuid.mockRestore();
  }
});
