// Each layer is unpacked once, containers share the result, and unused folders are removed in the end.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { packTar, type TarEntry } from 'modern-tar';
import { removeTree } from '../../../sandbox/runtime/file-modes.ts';
import { openImageStore } from '../../../sandbox/runtime/image-store.ts';
import { LayerError } from '../../../sandbox/runtime/layer-entries.ts';
import { digestOf } from '../aws/ecr/pushing.ts';

const MODES = { hasOtherUsers: false, needsReadOnlyModes: false };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-store-'));
});
afterEach(() => removeTree(folder));

const file = (name: string, body = name, mode = 0o644): TarEntry => ({
  header: { name, size: Buffer.byteLength(body), type: 'file', mode },
  body,
});

/** Returns a layer that counts how often it is read. */
async function layerOf(...entries: TarEntry[]) {
  const bytes = await packTar(entries);
  const layer = { digest: digestOf(bytes), reads: 0, read: () => ((layer.reads += 1), bytes) };
  return layer;
}

const folders = () => readdirSync(folder).filter((name) => !name.includes('.'));

test('containers with the same image share its files, and concurrent ones unpack it once', async () => {
  const store = await openImageStore(folder, MODES);
  const layers = [await layerOf(file('a')), await layerOf(file('b'))];
  const [one, other] = await Promise.all([store.open({ layers }, '/'), store.open({ layers }, '/')]);
  expect(one.rootfs).toBe(other.rootfs);
  expect(readdirSync(one.rootfs).sort()).toEqual(['a', 'b']);
  expect(layers.map(({ reads }) => reads)).toEqual([1, 1]);
});

test('the layers below a new one are not unpacked again, and their files are shared', async () => {
  const store = await openImageStore(folder, MODES);
  const dependencies = await layerOf(
    file('app/node_modules/x/index.js'),
    file('app/old', 'of the lower layer'),
  );
  const versions = [
    await layerOf(file('app/main.js', '1')),
    await layerOf(file('app/main.js', '2'), file('app/old', 'new'), file('app/.wh.none', '')),
  ];
  const [first, second] = [
    await store.open({ layers: [dependencies, versions[0]!] }, '/app'),
    await store.open({ layers: [dependencies, versions[1]!] }, '/app'),
  ];
  expect(dependencies.reads).toBe(1);
  const read = ({ rootfs }: { rootfs: string }, path: string) => readFileSync(join(rootfs, path), 'utf8');
  expect([read(first, 'app/main.js'), read(second, 'app/main.js')]).toEqual(['1', '2']);
  expect([read(first, 'app/old'), read(second, 'app/old')]).toEqual(['of the lower layer', 'new']);
  const inodeOf = ({ rootfs }: { rootfs: string }) =>
    statSync(join(rootfs, 'app/node_modules/x/index.js')).ino;
  expect(inodeOf(first)).toBe(inodeOf(second));
});

test('the same layer over other layers is another root', async () => {
  const store = await openImageStore(folder, MODES);
  const hiding = await layerOf(file('.wh.a', ''));
  const [a, b] = [await layerOf(file('a')), await layerOf(file('b'))];
  const left = [];
  for (const below of [a, b])
    left.push(readdirSync((await store.open({ layers: [below, hiding] }, '/')).rootfs));
  expect(left).toEqual([[], ['b']]);
});

test('a missing working directory is created, but not in the root of an image that names another one', async () => {
  const store = await openImageStore(folder, MODES);
  const layers = [await layerOf(file('a'))];
  const elsewhere = await store.open({ layers }, '/srv/app');
  const there = await store.open({ layers }, '/');
  expect(existsSync(join(elsewhere.rootfs, 'srv/app'))).toBe(true);
  expect(readdirSync(there.rootfs)).toEqual(['a']);
});

test('an image without layers is an empty folder', async () => {
  const store = await openImageStore(folder, MODES);
  expect(readdirSync((await store.open({ layers: [] }, '/')).rootfs)).toEqual([]);
});

test('a layer that cannot be read leaves nothing behind, and is read again by the next container', async () => {
  const store = await openImageStore(folder, MODES);
  const broken = { digest: 'sha256:broken', read: () => new TextEncoder().encode('no archive '.repeat(99)) };
  await expect(store.open({ layers: [broken] }, '/')).rejects.toThrow(LayerError);
  expect(readdirSync(folder)).toEqual([]);
  const whole = await layerOf(file('a'));
  const repaired = { ...broken, read: whole.read };
  expect(readdirSync((await store.open({ layers: [repaired] }, '/')).rootfs)).toEqual(['a']);
});

test('a restarted sandbox uses what is unpacked, except for a layer that was interrupted', async () => {
  const layers = [await layerOf(file('a'))];
  (await (await openImageStore(folder, MODES)).open({ layers }, '/')).release();
  await mkdir(join(folder, 'x.partial'));
  await writeFile(join(folder, 'x.partial/half'), '');
  const store = await openImageStore(folder, MODES);
  expect(folders()).toEqual(readdirSync(folder));
  await store.open({ layers }, '/');
  expect(layers[0]!.reads).toBe(1);
});

test('a root in use is kept, and of the others only the latest', async () => {
  const store = await openImageStore(folder, MODES);
  const used = await store.open({ layers: [await layerOf(file('used'))] }, '/');
  for (let version = 0; version < 30; version += 1)
    (await store.open({ layers: [await layerOf(file(`v${version}`))] }, '/')).release();
  const last = await store.open({ layers: [await layerOf(file('last'))] }, '/');
  expect(readdirSync(used.rootfs)).toEqual(['used']);
  expect(readdirSync(last.rootfs)).toEqual(['last']);
  expect(folders().length).toBeLessThan(20);
  const contents = folders().flatMap((name) => readdirSync(join(folder, name)));
  expect(contents).toContain('v29');
  expect(contents).not.toContain('v0');
});

test('without mounts the files are read-only, and a new layer is nevertheless added to them', async () => {
  const store = await openImageStore(folder, { ...MODES, needsReadOnlyModes: true });
  const below = await layerOf(file('app/a'));
  const first = await store.open({ layers: [below] }, '/');
  const second = await store.open({ layers: [below, await layerOf(file('app/b'))] }, '/');
  for (const [{ rootfs }, names] of [
    [first, ['a']],
    [second, ['a', 'b']],
  ] as const) {
    expect(readdirSync(join(rootfs, 'app'))).toEqual(names);
    for (const path of ['app', 'app/a']) expect(statSync(join(rootfs, path)).mode & 0o222).toBe(0);
  }
});
