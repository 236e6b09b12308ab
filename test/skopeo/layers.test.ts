// An image of layers on a base image from Debian's docker-registry: pushed to ECR, and checked with skopeo and umoci.
import { expect, test } from '@jest/globals';
import { lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { awsClients } from '../../lib/aws/clients.ts';
import { BaseImages } from '../../lib/image/base-image.ts';
import { buildLayers } from '../../lib/image/build-layers.ts';
import { pushImage } from '../../lib/image/push.ts';
import { systemClock } from '../../lib/model/clock.ts';
import { makeRepository } from '../sandbox/aws/ecr/pushing.ts';
import { sandbox } from '../sandbox/harness.ts';
import { fileEntry, folderEntry, linkEntry, listOf, makeCache } from '../unit/lib/image/entries.ts';
import { pushBase, pushIndex, startDockerRegistry } from './docker-registry.ts';
import { makeFolder, runTool, skopeo, skopeoFor } from './skopeo.ts';

const REPOSITORY = 'shop/api';
const { signal } = new AbortController();

const start = {
  entrypoint: [],
  command: ['node', 'server.js'],
  environment: { NODE_ENV: 'production' },
  user: '1000:1000',
  workingFolder: '/app',
  ports: [3000],
  stopSignal: undefined,
};
const LONG = `app/node_modules/${'deep/'.repeat(40)}index.js`;
const dependencies = listOf([
  folderEntry('app'),
  folderEntry('app/node_modules'),
  folderEntry('app/node_modules/.bin'),
  linkEntry('app/node_modules/.bin/tool', '../tool/cli.js'),
  fileEntry('app/node_modules/tool/cli.js', '#!/usr/bin/env node\n', 0o755),
  fileEntry(LONG, 'deep'),
]);
const programOf = (source: string) => ({
  files: {
    dependencies,
    program: listOf([folderEntry('app'), fileEntry('app/server.js', source)], source),
    notes: [],
    outside: { folders: [], files: [] },
  },
  start,
});

/** Builds an image on a base image, with an empty cache unless one is given. */
const build = (reference: string, source = 'listen(3000)', cache = makeCache()) => {
  const images = new BaseImages({ cache, architecture: 'amd64', clock: systemClock, signal });
  return buildLayers(programOf(source), { images, references: [reference] }, cache);
};

/** Starts a sandbox with a repository. Pushing returns the operations that were sent and the bytes of all parts. */
async function registryOfEcr() {
  const started = await sandbox();
  await makeRepository(started.ecr, REPOSITORY);
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const settings = { region: started.region.name, endpoint: started.url, credentials };
  const push = async (image: Awaited<ReturnType<typeof build>>) => {
    const aws = awsClients(settings, { clock: systemClock, signal });
    const before = started.journal.entries().length;
    const layersBefore = storedBytes();
    await pushImage({ aws, repositoryName: REPOSITORY, isEmulator: false, note: () => undefined }, image);
    aws.close();
    const operations = started.journal.entries().slice(before);
    return {
      uploads: operations.filter(({ operation }) => operation === 'CompleteLayerUpload').length,
      bytes: storedBytes() - layersBefore,
    };
  };
  const storedBytes = () =>
    started.region.ecr.repositories
      .all()
      .flatMap(({ layers }) => layers)
      .reduce((sum, { sizeInBytes }) => sum + sizeInBytes, 0);
  return { push, tools: await skopeoFor(started) };
}

test('an image is built on a base image, pushed to ECR, inspected by skopeo and unpacked by umoci', async () => {
  const { host } = await startDockerRegistry();
  const reference = await pushBase(host);
  const image = await build(reference);
  const { push, tools } = await registryOfEcr();
  await push(image);

  const inspected = await tools.on('inspect', `${REPOSITORY}:${image.tag}`);
  expect(JSON.parse(inspected.output)).toMatchObject({
    Digest: image.digest,
    Os: 'linux',
    Architecture: 'amd64',
    Layers: image.blobs.slice(1).map(({ digest }) => digest),
  });

  const layout = makeFolder();
  expect(await tools.pull(`${REPOSITORY}:${image.tag}`, `oci:${layout}:app`)).toMatchObject({ code: 0 });
  const bundle = join(makeFolder(), 'bundle');
  const env = { PATH: process.env['PATH'], HOME: makeFolder() };
  const unpacked = await runTool('umoci', ['unpack', '--rootless', '--image', `${layout}:app`, bundle], env);
  expect(unpacked).toMatchObject({ code: 0 });
  const root = join(bundle, 'rootfs');
  expect(readFileSync(join(root, 'app/server.js'), 'utf8')).toBe('listen(3000)');
  expect(readFileSync(join(root, LONG), 'utf8')).toBe('deep');
  expect(readlinkSync(join(root, 'app/node_modules/.bin/tool'))).toBe('../tool/cli.js');
  expect(lstatSync(join(root, 'app/node_modules/tool/cli.js')).mode & 0o777).toBe(0o755);
  expect(lstatSync(join(root, 'app/server.js')).mode & 0o777).toBe(0o644);
  // The layers of the base image.
  expect(readFileSync(join(root, 'etc/passwd'), 'utf8')).toContain('node:x:1000');
  expect(readlinkSync(join(root, 'usr/bin/node'))).toBe('../../bin/node');
  const { process: container } = JSON.parse(readFileSync(join(bundle, 'config.json'), 'utf8')) as {
    process: { args: string[]; cwd: string; env: string[]; user: object };
  };
  expect(container).toMatchObject({ args: ['node', 'server.js'], cwd: '/app' });
  expect(container.env).toEqual(
    expect.arrayContaining(['NODE_ENV=production', 'NODE_VERSION=22.0.0', 'PATH=/bin:/usr/bin']),
  );
  const validated = await runTool('umoci', ['stat', '--json', '--image', `${layout}:app`], env);
  expect(JSON.parse(validated.output)).toMatchObject({
    history: [
      { created_by: 'slipway: base' },
      { created_by: 'slipway: base' },
      { created_by: 'slipway: dependencies' },
      { created_by: 'slipway: program' },
    ],
  });
}, 60_000);

test('two builds with empty caches have the same digest, and docker-registry accepts a copy of the image', async () => {
  const { host, requests } = await startDockerRegistry();
  const reference = await pushBase(host);
  const [first, second] = [await build(reference), await build(reference)];
  expect(second).toMatchObject({ digest: first.digest, manifest: first.manifest });
  const { push, tools } = await registryOfEcr();
  await push(first);
  const copied = await tools.run(
    'copy',
    ...['--insecure-policy', '--src-tls-verify=false', '--src-creds', tools.credentials],
    '--dest-tls-verify=false',
    ...[`docker://${tools.host}/${REPOSITORY}:${first.tag}`, `docker://${host}/copy:1`],
  );
  expect(copied).toMatchObject({ code: 0 });
  const inspected = await skopeo('inspect', '--tls-verify=false', `docker://${host}/copy:1`);
  expect(JSON.parse(inspected.output)).toMatchObject({ Digest: first.digest });
  expect(requests).toEqual(expect.arrayContaining([`PUT /v2/copy/manifests/1`]));
}, 60_000);

test('a change of the program sends one small layer and the configuration, and asks the registry for nothing', async () => {
  const { host, requests } = await startDockerRegistry();
  const reference = await pushBase(host);
  const cache = makeCache();
  const { push } = await registryOfEcr();
  expect(await push(await build(reference, 'listen(1)', cache))).toMatchObject({ uploads: 5 });
  const before = requests.length;
  const { uploads, bytes } = await push(await build(reference, 'listen(2)', cache));
  expect(uploads).toBe(2);
  expect(bytes).toBeGreaterThan(0);
  expect(bytes).toBeLessThan(4096);
  expect(requests.slice(before)).toEqual([]);
}, 60_000);

test('an index leads to the image for the platform of the tasks, and an image for another platform is a problem', async () => {
  const { host } = await startDockerRegistry();
  const references = {
    arm64: await pushBase(host, 'library/node:arm', 'arm64'),
    amd64: await pushBase(host, 'library/node:intel'),
  };
  const reference = await pushIndex(host, 'library/node', references);
  const [fromIndex, direct] = [await build(reference), await build(references.amd64)];
  expect(fromIndex.blobs.map(({ digest }) => digest)).toEqual(direct.blobs.map(({ digest }) => digest));
  await expect(build(references.arm64)).rejects.toMatchObject({
    code: 'BASE_IMAGE',
    why: `${references.arm64}: it is for linux/arm64, not for linux/amd64.`,
  });
}, 60_000);

test('a registry that requires a login, and one that has no such image, are problems', async () => {
  // The user `user` with the password `password`.
  const users = 'user:$2y$05$uQ1Xnx9vGmbWQ9UpQC8BCeoD5pCQ3EKWiPJvG4N0hFQKcGzqcVEuK\n';
  const [closed, empty] = [await startDockerRegistry(users), await startDockerRegistry()];
  const named = ({ host }: { host: string }) => `${host}/library/node:22-slim`;
  await expect(build(named(closed))).rejects.toMatchObject({
    code: 'BASE_IMAGE',
    why: `${named(closed)}: ${closed.host} answers 401: authentication required.`,
  });
  await expect(build(named(empty))).rejects.toMatchObject({
    why: `${named(empty)}: ${empty.host} does not have it.`,
  });
}, 60_000);
