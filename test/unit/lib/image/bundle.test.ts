// The image of a bundle: its manifest, its configuration and its layer. The same source always gives the same image.
import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { unpackTar } from 'modern-tar';
import { bundle } from '../../../../lib/image/bundle.ts';
import { packImage } from '../../../../lib/image/oci.ts';
import { folderOf } from './folder.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const sha256 = (bytes: string | Uint8Array) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
}
interface Manifest {
  config: Descriptor;
  layers: Descriptor[];
}

const FILES = [
  { name: 'main.cjs.map', bytes: bytesOf('{}') },
  { name: 'main.cjs', bytes: bytesOf('console.log(1)') },
];

test('the manifest names its blobs by digest, size and media type', async () => {
  const image = await packImage(FILES);
  expect(image.mediaType).toBe('application/vnd.oci.image.manifest.v1+json');
  expect(image.digest).toBe(sha256(image.manifest));
  expect(image.tag).toBe(`bundle-${image.digest.slice(7, 23)}`);
  const manifest = JSON.parse(image.manifest) as Manifest;
  expect(manifest).toMatchObject({ schemaVersion: 2, mediaType: image.mediaType });
  const described = [manifest.config, ...manifest.layers];
  expect(described).toHaveLength(2);
  expect(described.map(({ mediaType }) => mediaType)).toEqual([
    'application/vnd.oci.image.config.v1+json',
    'application/vnd.oci.image.layer.v1.tar+gzip',
  ]);
  expect(image.blobs.map(({ digest, bytes }) => ({ digest, size: bytes.length }))).toEqual(
    described.map(({ digest, size }) => ({ digest, size })),
  );
  for (const { digest, bytes } of image.blobs) expect(digest).toBe(sha256(bytes));
});

test('the configuration describes how to run the program', async () => {
  const [config, layer] = (await packImage(FILES)).blobs;
  const archive = gunzipSync(layer?.bytes ?? new Uint8Array());
  expect(JSON.parse(new TextDecoder().decode(config?.bytes))).toEqual({
    architecture: 'amd64',
    os: 'linux',
    created: '1970-01-01T00:00:00.000Z',
    config: {
      Cmd: ['node', '--enable-source-maps', 'main.cjs'],
      Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'NODE_ENV=production'],
      User: '1000:1000',
      Volumes: { '/tmp': {} },
      WorkingDir: '/app',
    },
    rootfs: { type: 'layers', diff_ids: [sha256(archive)] },
    history: [{ created: '1970-01-01T00:00:00.000Z', created_by: 'slipway bundle' }],
  });
});

test('the layer contains the files in a fixed order and with a fixed time, owned by the user that runs the program', async () => {
  const [, layer] = (await packImage(FILES)).blobs;
  const entries = await unpackTar(gunzipSync(layer?.bytes ?? new Uint8Array()), { strict: true });
  const owned = { uid: 1000, gid: 1000, mtime: new Date(0) };
  expect(entries.map(({ header }) => header)).toMatchObject([
    { ...owned, name: 'app/', type: 'directory', mode: 0o755 },
    { uid: 0, gid: 0, mtime: new Date(0), name: 'tmp/', type: 'directory', mode: 0o1777 },
    { ...owned, name: 'app/main.cjs', type: 'file', mode: 0o644, size: 14 },
    { ...owned, name: 'app/main.cjs.map', type: 'file', mode: 0o644, size: 2 },
  ]);
  expect(new TextDecoder().decode(entries[2]?.data)).toBe('console.log(1)');
});

test('the manifest and the configuration are canonical JSON: sorted keys, no white space', async () => {
  const { manifest, blobs } = await packImage(FILES);
  for (const text of [manifest, new TextDecoder().decode(blobs[0]?.bytes)]) {
    expect(text).toBe(JSON.stringify(withSortedKeys(JSON.parse(text))));
  }
});

function withSortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withSortedKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, withSortedKeys(inner)]));
}

test('the same files give the same image, with a known digest, on every machine', async () => {
  const { digest } = await packImage(FILES);
  expect(digest).toBe('sha256:5294772645b453035baad2a01ea6b67d7278f67811944bec683bd83a0daf3059');
  expect((await packImage([...FILES].reverse())).digest).toBe(digest);
});

test('changing the source gives a different image, and reverting the change gives the first image again', async () => {
  const greeting = (text: string) => folderOf({ 'src/main.ts': `console.log(${JSON.stringify(text)});\n` });
  const [first, second, third] = await Promise.all(
    ['hello', 'good-bye', 'hello'].map(async (text) => bundle(await greeting(text))),
  );
  expect(second?.digest).not.toBe(first?.digest);
  expect(third).toEqual(first);
});

test('the images of the services in this repository are different, and each has at most a megabyte', async () => {
  const [api1, api2] = await Promise.all(['api1', 'api2'].map((name) => bundle(resolve('services', name))));
  expect(api1?.tag).not.toBe(api2?.tag);
  for (const image of [api1, api2]) {
    const size = image?.blobs.reduce((sum, { bytes }) => sum + bytes.length, 0) ?? 0;
    expect(size).toBeGreaterThan(100_000);
    expect(size).toBeLessThan(1_000_000);
  }
});
