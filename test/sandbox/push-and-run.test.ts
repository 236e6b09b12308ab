// The whole path of an image: it is bundled from source, pushed to ECR over HTTP, unpacked as for a task, and run.
import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { awsClients } from '../../lib/aws/clients.ts';
import { systemClock } from '../../lib/model/clock.ts';
import type { Bundle } from '../../lib/image/builds.ts';
import { bundle } from '../../lib/image/bundle.ts';
import { digestOf } from '../../lib/image/image-format.ts';
import { packImage } from '../../lib/image/oci.ts';
import { pushImage } from '../../lib/image/push.ts';
import { imageDigest, imageUri } from '../../lib/look/images.ts';
import { pullImage } from '../../sandbox/aws/ecr/pull.ts';
import { unpackImage } from '../../sandbox/runtime/image.ts';
import { makeRepository } from './aws/ecr/pushing.ts';
import { sandbox } from './harness.ts';
import { TestTask } from './runtime/support.ts';

const REPOSITORY = 'shop-dev/web-api1';

/** Starts a sandbox with a repository, and returns a function that pushes to the repository as a provision does. */
async function startRegistry() {
  const { ecr, url, region, journal, faults } = await sandbox();
  const { repository } = await makeRepository(ecr, REPOSITORY, { imageTagMutability: 'IMMUTABLE' });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const signal = new AbortController().signal;
  const aws = awsClients({ region: region.name, endpoint: url, credentials }, { clock: systemClock, signal });
  return {
    region,
    journal,
    faults,
    repositoryUri: repository?.repositoryUri ?? '',
    push: (image: Bundle) =>
      pushImage({ aws, repositoryName: REPOSITORY, isEmulator: false, note: () => undefined }, image),
    digestOfTag: (tag: string) => imageDigest(aws, REPOSITORY, tag),
    [Symbol.dispose]: () => aws.close(),
  };
}

/** An image whose layer needs two parts, because its data cannot be compressed. */
const twoPartImage = packImage([{ name: 'main.cjs', bytes: randomBytes(11 * 1024 * 1024) }]);

test('a service that was bundled and pushed runs from its image', async () => {
  using registry = await startRegistry();
  const built = await bundle(resolve('services/api1'));
  await registry.push(built);
  // A second push, as after an interrupted run, finds everything already uploaded.
  await registry.push(built);
  expect(await registry.digestOfTag(built.tag)).toBe(built.digest);

  const image = pullImage(registry.region, imageUri(registry.repositoryUri, built.digest));
  expect(image.digest).toBe(built.digest);
  await using task = await TestTask.create();
  const settings = await unpackImage(image, task.rootfs);
  expect(settings).toMatchObject({ workingDirectory: '/app', user: '1000:1000', entrypoint: [] });
  const container = await task.start(settings.command, {
    workingDirectory: settings.workingDirectory,
    environment: { ...settings.environment, SHUTDOWN_QUIET_MS: '0' },
  });
  const listener = await task.waitForListener(5000);
  if (listener === 'loopback-only') throw new Error('The service listens on loopback only');
  const response = await fetch(`http://${listener.host}:${listener.port}/health`);
  expect({ status: response.status, body: await response.json() }).toEqual({
    status: 200,
    body: { status: 'ok' },
  });
  expect(await container.stop()).toEqual({ exitCode: 0 });
  expect(container.stderr).toEqual([]);
}, 30_000);

test.each([
  'BatchCheckLayerAvailability',
  'InitiateLayerUpload',
  'UploadLayerPart',
  'CompleteLayerUpload',
  'PutImage',
])(
  'a push succeeds although a response to %s is lost',
  async (operation) => {
    using registry = await startRegistry();
    const image = await twoPartImage;
    registry.faults.add({ service: 'ecr', operation, nth: 1, kind: 'answer-lost' });
    await registry.push(image);
    expect(registry.faults.waiting()).toEqual([]);
    const pulled = pullImage(registry.region, imageUri(registry.repositoryUri, image.digest));
    expect([pulled.config, ...pulled.layers.map((layer) => layer.read())].map(digestOf)).toEqual(
      image.blobs.map(({ digest }) => digest),
    );
  },
  30_000,
);

test('a repeated push after an interruption uploads only the missing layers', async () => {
  using registry = await startRegistry();
  const image = await twoPartImage;
  // The configuration and the first part of the layer arrive. The second part is refused.
  const refusal = { code: 'InvalidParameterException', message: 'broken off', status: 400 };
  registry.faults.add({ service: 'ecr', operation: 'UploadLayerPart', nth: 3, kind: 'refused', ...refusal });
  await expect(registry.push(image)).rejects.toThrow('broken off');
  expect(await registry.digestOfTag(image.tag)).toBeUndefined();
  const before = registry.journal.entries().length;
  await registry.push(image);
  const repeated = registry.journal.entries().slice(before);
  expect(repeated.filter(({ operation }) => operation === 'InitiateLayerUpload')).toHaveLength(1);
  expect(await registry.digestOfTag(image.tag)).toBe(image.digest);
}, 30_000);
