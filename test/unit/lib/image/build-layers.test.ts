// Building an image of layers: the same program gives the same digest, and only what a registry lacks is downloaded or packed.
import { expect, test } from '@jest/globals';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { BaseImages } from '../../../../lib/image/base-image.ts';
import type { BlobCache } from '../../../../lib/image/blob-cache.ts';
import { buildLayers } from '../../../../lib/image/build-layers.ts';
import type { ImageStart } from '../../../../lib/image/layered-image.ts';
import { systemClock } from '../../../../lib/model/clock.ts';
import { baseFixture, startRegistry, unusedPort } from './base-registry.ts';
import { fileEntry, folderEntry, listOf, makeCache, NO_ENTRIES } from './entries.ts';

const start: ImageStart = {
  entrypoint: [],
  command: ['node', 'server.js'],
  environment: { NODE_ENV: 'production' },
  user: '1000:1000',
  workingFolder: '/app',
  ports: [],
  stopSignal: undefined,
};
const dependencies = listOf([folderEntry('app'), fileEntry('app/node_modules/a/index.js', 'exports.a = 1;')]);
const programOf = (source: string) => ({
  files: {
    dependencies,
    program: listOf([fileEntry('app/server.js', source)], source),
    notes: [],
    outside: { folders: [], files: [] },
  },
  start,
});
const program = programOf('listen()');

const openBase = (cache: BlobCache, ...references: string[]) => ({
  references,
  images: new BaseImages({
    cache,
    architecture: 'amd64',
    clock: systemClock,
    signal: new AbortController().signal,
  }),
});
const fixture = baseFixture();
const digestsOf = ({ blobs }: { blobs: readonly { digest: string }[] }) => blobs.map(({ digest }) => digest);

test('two builds on different machines have the same digest, and another program changes one layer', async () => {
  const { reference } = await startRegistry(fixture);
  const build = (content = program, cache = makeCache()) =>
    buildLayers(content, openBase(cache, reference), cache);
  const [first, second, changed] = await Promise.all([build(), build(), build(programOf('listen(2)'))]);
  expect(second).toMatchObject({ digest: first.digest, manifest: first.manifest, tag: first.tag });
  expect(first.tag).toBe(`layers-${first.digest.slice(7, 23)}`);
  const [config, debian, node, packages, own] = digestsOf(first);
  expect(digestsOf(changed)).toEqual([
    expect.not.stringMatching(config ?? ''),
    debian,
    node,
    packages,
    expect.not.stringMatching(own ?? ''),
  ]);
});

test('a build downloads no layer; the layers are there once they have been prepared', async () => {
  const { reference, requested } = await startRegistry(fixture);
  const cache = makeCache();
  const { blobs } = await buildLayers(program, openBase(cache, reference), cache);
  const layerPaths = () => requested.filter((path) => path.includes(digestsOf({ blobs })[1] ?? ''));
  expect(layerPaths()).toEqual([]);
  rmSync(join(cache.folder, 'blobs'), { recursive: true });
  for (const blob of blobs) if ('prepare' in blob) await blob.prepare();
  expect(layerPaths()).toHaveLength(1);
  // All layers, but not the configuration, which is in memory.
  expect(readdirSync(join(cache.folder, 'blobs')).sort()).toEqual(
    digestsOf({ blobs })
      .slice(1)
      .map((digest) => digest.slice(7))
      .sort(),
  );
  for (const blob of blobs) {
    if (!('read' in blob)) continue;
    let size = 0;
    for await (const chunk of blob.read()) size += chunk.length;
    expect(size).toBe(blob.size);
  }
});

test('a program without dependencies has one layer, and an image without a base its own layers and one with /tmp', async () => {
  const files = { ...program.files, dependencies: NO_ENTRIES };
  expect((await buildLayers({ files, start }, undefined, makeCache())).blobs).toHaveLength(3);
  expect((await buildLayers(program, undefined, makeCache())).blobs).toHaveLength(4);
});

test('without a base image the build fails, after the layers of the program have been packed', async () => {
  const cache = makeCache();
  const nowhere = `127.0.0.1:${await unusedPort()}/node:22`;
  await expect(buildLayers(program, openBase(cache, nowhere), cache)).rejects.toMatchObject({
    code: 'BASE_IMAGE',
  });
  expect(readdirSync(join(cache.folder, 'blobs')).filter((name) => name.endsWith('.incomplete'))).toEqual([]);
});
