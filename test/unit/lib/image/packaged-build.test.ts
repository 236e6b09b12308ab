// Building a source folder as it is for AWS: what starts and which files the image contains, the base image, and the problems.
import { expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { unpackTar } from 'modern-tar';
import { systemClock } from '../../../../lib/model/clock.ts';
import type { LayeredImage } from '../../../../lib/image/builds.ts';
import { packagedBuilder, type PackagingOptions } from '../../../../lib/image/packaged-build.ts';
import { baseFixture, sha256Of, startRegistry } from './base-registry.ts';
import { makeCacheFolder } from './entries.ts';
import { folderOf } from './folder.ts';

const fixture = baseFixture();
const SERVER = {
  'package.json': '{"name":"shop","main":"server.js"}',
  'server.js': 'listen()',
  'public/index.html': '<h1>Shop</h1>',
};

/** Opens a builder whose base image is in a registry of this machine. */
async function openPackaging(options: Partial<PackagingOptions> = {}) {
  const { reference } = await startRegistry(fixture);
  const notes: string[] = [];
  const majors: unknown[] = [];
  const cacheFolder = makeCacheFolder();
  const build = packagedBuilder({
    cacheFolder,
    clock: systemClock,
    signal: new AbortController().signal,
    note: (text) => notes.push(text),
    baseReferences: (major) => {
      majors.push(major);
      return [reference];
    },
    ...options,
  });
  return { build, notes, majors, cacheFolder };
}

/** Returns the container settings of an image, and the paths in its last layer. */
async function contentOf({ blobs }: LayeredImage) {
  const [config, ...layers] = blobs;
  const text = config && 'bytes' in config ? new TextDecoder().decode(config.bytes) : '{}';
  const last = layers.at(-1);
  const chunks: Uint8Array[] = [];
  if (last && 'read' in last) for await (const chunk of last.read()) chunks.push(chunk);
  const entries = await unpackTar(gunzipSync(Buffer.concat(chunks)));
  return {
    settings: (JSON.parse(text) as { config: object }).config,
    paths: entries.map(({ header }) => header.name),
  };
}

test('the image contains the files of the folder, and starts its program on the base image', async () => {
  const folder = await folderOf(SERVER);
  const { build, majors } = await openPackaging();
  const image = await build(folder);
  expect(image.kind).toBe('layers');
  const { settings, paths } = await contentOf(image);
  expect(settings).toMatchObject({ Cmd: ['node', 'server.js'], WorkingDir: '/app', User: '1000:1000' });
  expect(paths).toEqual(expect.arrayContaining(['app/', 'app/server.js', 'app/public/index.html']));
  expect(majors).toEqual([undefined]);
});

test('the same folder at two places gives the same image', async () => {
  const { reference } = await startRegistry(fixture);
  const buildOnce = async () => {
    const { build } = await openPackaging({ baseReferences: () => [reference] });
    return build(await folderOf(SERVER));
  };
  const [first, second] = [await buildOnce(), await buildOnce()];
  expect(second.digest).toBe(first.digest);
});

test('the Dockerfile names the version of Node, and differences from its image are noted', async () => {
  const Dockerfile =
    'FROM node:20-alpine\nWORKDIR /srv\nCOPY . .\nRUN node generate.js\nCMD ["node", "server.js"]\n';
  const folder = await folderOf({ ...SERVER, Dockerfile });
  const { build, majors, notes } = await openPackaging();
  const { settings } = await contentOf(await build(folder));
  expect(settings).toMatchObject({ WorkingDir: '/srv', Cmd: ['node', 'server.js'] });
  expect(majors).toEqual([20]);
  expect(notes).toEqual([`${folder}: The image is built without RUN node generate.js.`]);
});

test('a command of the configuration replaces that of the folder', async () => {
  const folder = await folderOf({ ...SERVER, 'worker.js': '' });
  const { build } = await openPackaging();
  const { settings } = await contentOf(await build(folder, { command: ['node', 'worker.js'] }));
  expect(settings).toMatchObject({ Cmd: ['node', 'worker.js'] });
});

test('a program for another base image needs a container engine, and nothing is downloaded', async () => {
  const folder = await folderOf({ Dockerfile: 'FROM python:3.12-slim\nCMD ["python", "main.py"]\n' });
  const { build, majors, cacheFolder } = await openPackaging();
  await expect(build(folder)).rejects.toMatchObject({
    code: 'BUILDER',
    why: expect.stringContaining('builds on python:3.12-slim'),
  });
  expect(majors).toEqual([]);
  expect(existsSync(`${cacheFolder}/blobs`)).toBe(false);
});

test('a folder without a program is a problem', async () => {
  const { build } = await openPackaging();
  await expect(build(await folderOf({ 'readme.txt': '' }))).rejects.toMatchObject({ code: 'NO_PROGRAM' });
});

test('an image for ARM64 has a base image for ARM64, and native modules for it', async () => {
  const arm = baseFixture({ architecture: 'arm64' });
  const { host } = await startRegistry(arm);
  const reference = `${host}/library/node@${sha256Of(arm.manifest)}`;
  const { build } = await openPackaging({ baseReferences: () => [reference] });
  const image = await build(await folderOf(SERVER), { architecture: 'arm64' });
  const [config] = image.blobs;
  expect(
    JSON.parse(config && 'bytes' in config ? new TextDecoder().decode(config.bytes) : '{}'),
  ).toMatchObject({
    architecture: 'arm64',
  });
  await expect(build(await folderOf(SERVER))).rejects.toMatchObject({
    code: 'BASE_IMAGE',
    why: expect.stringContaining('it is for linux/arm64, not for linux/amd64') as unknown as string,
  });
  const native = {
    'package.json': '{"name":"shop","main":"server.js","dependencies":{"addon":"1"}}',
    'server.js': 'listen()',
    'node_modules/addon/package.json': '{"name":"addon","version":"1.0.0"}',
    'node_modules/addon/addon.node': String.fromCharCode(0x7f) + 'ELF' + elfHeader(62),
  };
  await expect(build(await folderOf(native), { architecture: 'arm64' })).rejects.toMatchObject({
    code: 'PACKAGE',
    why: expect.stringContaining('is for linux/x64; the task runs on linux/arm64') as unknown as string,
  });
});

/** The rest of the header of a 64-bit little-endian ELF file for a machine. */
const elfHeader = (machine: number): string =>
  String.fromCharCode(2, 1, 1, ...Array<number>(9).fill(0), 3, 0, machine, 0) +
  String.fromCharCode(0).repeat(64);
