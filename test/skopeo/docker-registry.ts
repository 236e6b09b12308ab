/** For tests: runs Debian's docker-registry, and fills it with a base image. */
import { afterEach } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { imageDocuments } from '../../lib/image/layered-image.ts';
import { packLayer } from '../../lib/image/layer.ts';
import { digestOf } from '../../lib/image/image-format.ts';
import { fileEntry, folderEntry, linkEntry, listOf, makeCache } from '../unit/lib/image/entries.ts';
import { makeFolder, skopeo, writeOciLayout } from './skopeo.ts';

const running: ChildProcess[] = [];
afterEach(async () => {
  for (const child of running.splice(0)) {
    const exit = once(child, 'exit');
    child.kill();
    await exit;
  }
});

/** Starts an empty registry. @param users the content of an htpasswd file, if the registry requires a login */
export async function startDockerRegistry(users?: string) {
  const folder = makeFolder();
  const file = join(folder, 'config.yml');
  const lines = [
    'version: 0.1',
    `storage: {filesystem: {rootdirectory: "${join(folder, 'data')}"}}`,
    'http: {addr: "127.0.0.1:0"}',
  ];
  if (users !== undefined) {
    writeFileSync(join(folder, 'users'), users);
    lines.push(`auth: {htpasswd: {realm: test, path: "${join(folder, 'users')}"}}`);
  }
  writeFileSync(file, lines.join('\n'));
  const child = spawn('docker-registry', ['serve', file], { stdio: ['ignore', 'pipe', 'pipe'] });
  running.push(child);
  const requests: string[] = [];
  createInterface(child.stdout).on('line', (line) => {
    const [, request] = /"(\w+ \S+) HTTP/.exec(line) ?? [];
    if (request !== undefined) requests.push(request);
  });
  const host = await new Promise<string>((resolve, reject) => {
    child.on('error', reject).on('exit', (code) => reject(new Error(`docker-registry exited with ${code}`)));
    createInterface(child.stderr).on('line', (line) => {
      const [, address] = /listening on ([\d.]+:\d+)/.exec(line) ?? [];
      if (address !== undefined) resolve(address);
    });
  });
  return { host, requests };
}

/** A layer of a base image: a small root file system. */
const ROOT = listOf([
  folderEntry('bin'),
  fileEntry('bin/node', '#!/bin/sh\n', 0o755),
  folderEntry('etc'),
  fileEntry('etc/passwd', 'node:x:1000:1000::/home/node:/bin/sh\n'),
]);
const TOOLS = listOf([
  folderEntry('usr'),
  folderEntry('usr/bin'),
  linkEntry('usr/bin/node', '../../bin/node'),
]);

/** Pushes a base image with two layers to a registry, in Docker's format. Returns its reference. */
export async function pushBase(host: string, name = 'library/node:22-slim', architecture = 'amd64') {
  const cache = makeCache();
  const layers = await Promise.all(
    [ROOT, TOOLS].map(async (list) => ({ ...(await packLayer(list, cache)), content: 'base' })),
  );
  const start = {
    entrypoint: ['docker-entrypoint.sh'],
    command: ['node'],
    environment: { NODE_VERSION: '22.0.0', PATH: '/bin:/usr/bin' },
    user: '',
    workingFolder: '/',
    ports: [],
    stopSignal: undefined,
  };
  const { config, ...documents } = imageDocuments({ start, base: undefined, layers, architecture });
  const blobs = await Promise.all(
    layers.map(async ({ digest }) => ({ digest, bytes: await cache.readAll(digest) })),
  );
  const layout = writeOciLayout({ base: { ...documents, blobs: [config, ...blobs] } });
  const reference = `${host}/${name}`;
  const more = ['--override-arch', architecture, '--dest-tls-verify=false', '--format', 'v2s2'];
  const copied = await skopeo(
    'copy',
    '--insecure-policy',
    ...more,
    `${layout}:base`,
    `docker://${reference}`,
  );
  if (copied.code !== 0) throw new Error(copied.output);
  return reference;
}

/**
 * Puts an index of images in one repository, as the official images have.
 * @param references the images for each architecture
 * @returns the reference of the index
 */
export async function pushIndex(
  host: string,
  repository: string,
  references: Readonly<Record<string, string>>,
): Promise<string> {
  const mediaType = 'application/vnd.docker.distribution.manifest.list.v2+json';
  const manifests = await Promise.all(
    Object.entries(references).map(async ([architecture, reference]) => {
      const { output } = await skopeo('inspect', '--raw', '--tls-verify=false', `docker://${reference}`);
      const { mediaType: type } = JSON.parse(output) as { mediaType: string };
      const [size, digest] = [Buffer.byteLength(output), digestOf(Buffer.from(output))];
      return { mediaType: type, size, digest, platform: { os: 'linux', architecture } };
    }),
  );
  const body = JSON.stringify({ schemaVersion: 2, mediaType, manifests });
  const url = `http://${host}/v2/${repository}/manifests/index`;
  const response = await fetch(url, { method: 'PUT', headers: { 'content-type': mediaType }, body });
  if (response.status !== 201) throw new Error(await response.text());
  return `${host}/${repository}:index`;
}
