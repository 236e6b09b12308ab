// Base images: found by tag or digest in the first registry that has them, checked by digest, cached, and downloaded when needed.
import { expect, test } from '@jest/globals';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { BaseImages } from '../../../../lib/image/base-image.ts';
import { baseFixture, sha256Of, startRegistry, unusedPort } from './base-registry.ts';
import { makeCache } from './entries.ts';

const fixture = baseFixture();
const LAYERS = fixture.layers.map((bytes) => ({ digest: sha256Of(bytes), size: bytes.length }));
const [FIRST = { digest: '', size: 0 }] = LAYERS;
const DAY = 24 * 3600 * 1000;

/** Opens base images. The delays between attempts take no time. */
function openImages(cache = makeCache(), controller = new AbortController()) {
  let now = 0;
  const delays: number[] = [];
  const clock = {
    now: () => now,
    sleep: (ms: number) => {
      delays.push(ms);
      return Promise.resolve();
    },
  };
  const { signal } = controller;
  const images = new BaseImages({ cache, architecture: 'amd64', clock, signal });
  return { cache, images, delays, advance: (ms: number) => (now += ms) };
}

test('an image is found by its tag, for the platform of the tasks, and its layers are not downloaded', async () => {
  const { reference, requested } = await startRegistry(fixture, { needsToken: true });
  const image = await openImages().images.find([reference]);
  expect(image).toEqual({
    reference,
    digest: sha256Of(fixture.manifest),
    config: {
      os: 'linux',
      architecture: 'amd64',
      config: { Env: ['PATH=/usr/local/bin'], Cmd: ['node'] },
      history: [],
      diffIds: ['debian', 'node'].map(sha256Of),
    },
    layers: LAYERS.map((layer, index) => ({
      ...layer,
      // The same bytes, under the type that OCI gives them.
      mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
      diffId: sha256Of(['debian', 'node'][index] ?? ''),
    })),
  });
  expect(requested.filter((path) => FIRST.digest === path.split('/').at(-1))).toEqual([]);
});

test('a week long, a tag means the same image without a request; then the registry is asked again', async () => {
  const cache = makeCache();
  const { reference, requested } = await startRegistry(fixture);
  const { images, advance } = openImages(cache);
  const image = await images.find([reference]);
  const count = requested.length;
  expect(await images.find([reference])).toEqual(image);
  expect(await openImages(cache).images.find([reference])).toEqual(image);
  expect(requested).toHaveLength(count);
  advance(7 * DAY);
  expect(await images.find([reference])).toEqual(image);
  expect(requested.slice(count)).toEqual(['/v2/library/node/manifests/22-slim']);
});

test('a remembered image under another name than those asked for is not used', async () => {
  const { reference } = await startRegistry(fixture);
  const other = await startRegistry(fixture);
  const cache = makeCache();
  const digest = sha256Of(fixture.manifest);
  await cache.writeRecord(`base amd64 ${reference}`, { reference: other.reference, digest, time: 0 });
  expect(await openImages(cache).images.find([reference])).toMatchObject({ reference });
  expect(other.requested).toEqual([]);
});

test('an old digest remains in use while no registry answers', async () => {
  let isDown = false;
  const { reference } = await startRegistry(fixture, {
    intercept: (_, response) => {
      if (isDown) response.writeHead(503).end();
      return isDown;
    },
  });
  const { images, advance } = openImages();
  const image = await images.find([reference]);
  isDown = true;
  advance(30 * DAY);
  expect(await images.find([reference])).toEqual(image);
});

test('an image can be named by its digest', async () => {
  const { host } = await startRegistry(fixture);
  const digest = sha256Of(fixture.manifest);
  const { images } = openImages();
  expect(await images.find([`${host}/library/node@${digest}`])).toMatchObject({ digest });
  const missing = `${host}/library/node@sha256:${'0'.repeat(64)}`;
  await expect(images.find([missing])).rejects.toMatchObject({
    code: 'BASE_IMAGE',
    why: `${missing}: ${host} does not have it.`,
  });
});

test('the next registry is asked when one cannot be reached, and all answers are shown when none has the image', async () => {
  const { reference } = await startRegistry(fixture);
  const limited = await startRegistry(fixture, {
    intercept: (_, response) => {
      const body = { errors: [{ code: 'TOOMANYREQUESTS', message: 'You have reached\n your limit.' }] };
      response.writeHead(429).end(JSON.stringify(body));
      return true;
    },
  });
  const port = await unusedPort();
  const nowhere = `127.0.0.1:${port}/library/node:22-slim`;
  const { images, delays } = openImages();
  expect(await images.find([nowhere, reference])).toMatchObject({ reference });
  expect(delays).toEqual([]);
  await expect(images.find([nowhere, limited.reference])).rejects.toMatchObject({
    code: 'BASE_IMAGE',
    why: `${nowhere}: it cannot be reached: connect ECONNREFUSED 127.0.0.1:${port}.\n${limited.reference}: ${limited.host} answers 429: You have reached your limit.`,
    now: 'Nothing was changed.',
    fix: expect.arrayContaining([expect.stringContaining('docker or podman')]),
  });
  expect(delays).toEqual([500, 2000]);
});

test.each([
  [
    'for another platform',
    baseFixture({ architecture: 'arm64' }),
    'it is for linux/arm64, not for linux/amd64',
  ],
  [
    'with a layer that must not be copied',
    baseFixture({ layerType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip' }),
    'which cannot be copied',
  ],
  ['without layers', baseFixture({}, { layers: [] }), 'its configuration does not describe its layers'],
  ['of an old format', baseFixture({}, { schemaVersion: 1 }), 'its manifest has an unknown format'],
  ['with a wrong digest', baseFixture({}, { config: { digest: '../x', size: 1 } }), 'has an unknown format'],
  [
    'with a huge configuration',
    baseFixture({}, { config: { digest: sha256Of('x'), size: 4 * 1_048_576 + 1 } }),
    'its configuration is larger than 4 MiB',
  ],
  ['with an unknown layer', baseFixture({ layerType: 'constructor' }), 'which cannot be copied'],
])('an image %s is a problem', async (_, unusable, why) => {
  const { reference } = await startRegistry(unusable);
  await expect(openImages().images.find([reference])).rejects.toMatchObject({
    code: 'BASE_IMAGE',
    why: expect.stringContaining(why),
  });
});

test('an index without the platform is a problem', async () => {
  const { reference } = await startRegistry({ ...fixture, index: '{"manifests":[null,{"digest":1}]}' });
  await expect(openImages().images.find([reference])).rejects.toMatchObject({
    why: `${reference}: it has no image for linux/amd64.`,
  });
});

test('a registry that sends another manifest than the requested one is a problem', async () => {
  const manifest = sha256Of(fixture.manifest);
  const content = new Map([...fixture.content, [manifest, `${fixture.manifest} `]]);
  const { reference } = await startRegistry({ ...fixture, content });
  await expect(openImages().images.find([reference])).rejects.toMatchObject({
    why: expect.stringContaining(`instead of ${manifest}`),
  });
});

test('a layer is downloaded once, also by concurrent pushes and later runs', async () => {
  const { reference, requested } = await startRegistry(fixture);
  const { images, cache } = openImages();
  await Promise.all([1, 2, 3].map(() => images.download({ reference }, FIRST)));
  await openImages(cache).images.download({ reference }, FIRST);
  expect(requested).toEqual([`/v2/library/node/blobs/${FIRST.digest}`]);
  expect(await cache.has(FIRST)).toBe(true);
});

test('a damaged layer in the cache is downloaded again', async () => {
  const { reference, requested } = await startRegistry(fixture);
  const { images, cache } = openImages();
  await images.download({ reference }, FIRST);
  writeFileSync(join(cache.folder, 'blobs', FIRST.digest.slice(7)), 'damaged');
  await openImages(cache).images.download({ reference }, FIRST);
  expect(requested).toHaveLength(2);
  expect(await cache.has(FIRST)).toBe(true);
});

test('a token that expires between two layers is requested again', async () => {
  const { reference, requested, expireTokens } = await startRegistry(fixture, { needsToken: true });
  const { images } = openImages();
  for (const layer of LAYERS) {
    await images.download({ reference }, layer);
    expireTokens();
  }
  expect(requested.filter((path) => path === '/token')).toHaveLength(2);
});

test.each([
  ['a lost connection', 1, (response: ServerResponse) => response.destroy()],
  [
    'half of a layer',
    2,
    (response: ServerResponse) => {
      response.writeHead(200, { 'content-length': String(FIRST.size) });
      response.write('half', () => response.destroy());
    },
  ],
  ['a server error', 2, (response: ServerResponse) => response.writeHead(502).end()],
  ['other bytes', 1, (response: ServerResponse) => response.end('other')],
] as const)('after %s the download is repeated', async (_, failures, fail) => {
  let count = 0;
  const { reference } = await startRegistry(fixture, {
    intercept: (_request, response) => {
      if ((count += 1) > failures) return false;
      fail(response);
      return true;
    },
  });
  const { images, cache, delays } = openImages();
  await images.download({ reference }, FIRST);
  expect(await cache.has(FIRST)).toBe(true);
  expect(delays).toEqual([500, 2000].slice(0, failures));
});

test('a registry that refuses a layer, or always sends other bytes, is a problem, and nothing is kept', async () => {
  const answers = [
    { status: 403, body: '{"errors":[{"message":"denied"}]}', why: 'answers 403: denied.' },
    { status: 200, body: 'other', why: 'the registry sent a damaged layer: expected' },
  ];
  for (const { status, body, why } of answers) {
    const { reference } = await startRegistry(fixture, {
      intercept: (_, response) => Boolean(response.writeHead(status).end(body)),
    });
    const { images, cache } = openImages();
    await expect(images.download({ reference }, FIRST)).rejects.toMatchObject({
      code: 'BASE_IMAGE',
      what: `The base image ${reference} cannot be downloaded.`,
      why: expect.stringContaining(why),
    });
    expect(existsSync(cache.folder) ? readdirSync(join(cache.folder, 'blobs')) : []).toEqual([]);
    // The failure is not remembered.
    await expect(images.download({ reference }, FIRST)).rejects.toMatchObject({ code: 'BASE_IMAGE' });
  }
});

test('a disk without space is a problem that names the disk, not the registry', async () => {
  const { reference } = await startRegistry(fixture);
  const { images } = openImages(makeCache(0));
  await expect(images.find([reference])).rejects.toMatchObject({ code: 'DISK_FULL' });
  await expect(images.download({ reference }, FIRST)).rejects.toMatchObject({ code: 'DISK_FULL' });
});

test('an abort ends the search and is not reported as a problem', async () => {
  const controller = new AbortController();
  const { reference } = await startRegistry(fixture, {
    intercept: () => {
      controller.abort(new Error('interrupted'));
      return true;
    },
  });
  const { images } = openImages(makeCache(), controller);
  await expect(images.find([reference, reference])).rejects.toThrow('interrupted');
});
