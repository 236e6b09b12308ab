// The step for the images: what it pushes in each case, and how it looks for images.
import {
  BatchCheckLayerAvailabilityCommand,
  CompleteLayerUploadCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  GetAuthorizationTokenCommand,
  GetLifecyclePolicyCommand,
  InitiateLayerUploadCommand,
  ListTagsForResourceCommand,
  PutImageCommand,
  UploadLayerPartCommand,
} from '@aws-sdk/client-ecr';
import { describe, expect, test } from '@jest/globals';
import { lookImages } from '../../../../lib/look/images.ts';
import type { Build } from '../../../../lib/image/builds.ts';
import { dockerBuild } from '../../../../lib/image/docker.ts';
import type { Step } from '../../../../lib/engine/step.ts';
import { toPascalCaseTags } from '../../../../lib/derive/tags.ts';
import { images } from '../../../../provision/steps/images.ts';
import {
  ACCOUNT,
  awsError,
  config,
  mocks,
  ourTags,
  provisionStep,
  lookContextOf,
  sentCalls,
  buildsOf,
} from '../../step-harness.ts';
import { enginesOnPath, folderOf } from '../../lib/image/folder.ts';

const uriOf = (key: string) => `${ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/shop-dev/${key}`;
const repositoryIds = {
  repositories: Object.fromEntries(
    ['web-api1', 'web-api2'].map((key) => [
      key,
      { repositoryName: `shop-dev/${key}`, repositoryUri: uriOf(key) },
    ]),
  ),
};

/** Returns the build of a container of the shared test configuration. */
const buildOf = (key: string) =>
  lookContextOf().builds.of(key) as Promise<Extract<Build, { kind: 'bundle' }>>;

async function foundImage(key: string) {
  const { digest } = await buildOf(key);
  return { imageUri: `${uriOf(key)}@${digest}`, tags: { 'slipway:stack': 'shop-dev' } };
}

function mockRegistry(): void {
  mocks.ecr.on(BatchCheckLayerAvailabilityCommand).resolves({ layers: [] });
  mocks.ecr.on(InitiateLayerUploadCommand).resolves({ uploadId: 'upload' });
  mocks.ecr.on(UploadLayerPartCommand).resolves({});
  mocks.ecr.on(CompleteLayerUploadCommand).resolves({});
  mocks.ecr.on(PutImageCommand).resolves({});
}

const commands = () => sentCalls().map(({ command }) => command);

test('creates when missing', async () => {
  mockRegistry();
  const { shortChanges, ids } = await provisionStep(images, { noun: 'images', ids: repositoryIds });
  expect(shortChanges).toEqual([
    ['create', 'web-api1'],
    ['create', 'web-api2'],
  ]);
  const api1 = await buildOf('web-api1');
  const api2 = await buildOf('web-api2');
  expect(ids).toEqual({
    'web-api1': { imageUri: `${uriOf('web-api1')}@${api1.digest}` },
    'web-api2': { imageUri: `${uriOf('web-api2')}@${api2.digest}` },
  });
  const put = sentCalls().filter(({ command }) => command === 'PutImage');
  expect(put.map(({ input }) => input)).toEqual(
    [api1, api2].map(({ tag, digest, manifest, mediaType }, index) => ({
      repositoryName: `shop-dev/web-api${index + 1}`,
      imageTag: tag,
      imageDigest: digest,
      imageManifest: manifest,
      imageManifestMediaType: mediaType,
    })),
  );
  expect(commands().filter((command) => command === 'CompleteLayerUpload')).toHaveLength(4);
});

test('creates when missing: an interrupted push is completed, and layers that exist are not uploaded again', async () => {
  mockRegistry();
  const { blobs } = await buildOf('web-api1');
  const layers = blobs.map(({ digest }) => ({
    layerDigest: digest,
    layerAvailability: 'AVAILABLE' as const,
  }));
  mocks.ecr.on(BatchCheckLayerAvailabilityCommand).resolves({ layers });
  await provisionStep(images, {
    noun: 'images',
    ids: repositoryIds,
    found: { images: { 'web-api2': await foundImage('web-api2') } },
    isResumed: true,
  });
  expect(commands()).toEqual(['BatchCheckLayerAvailability', 'PutImage']);
});

test('creates when missing: a container engine builds and pushes, and the digest comes from ECR', async () => {
  const calls = await enginesOnPath({ docker: '' });
  const build = await dockerBuild('docker', { source: await folderOf({ Dockerfile: 'FROM scratch' }) });
  mocks.ecr.on(GetAuthorizationTokenCommand).resolves({ authorizationData: [{}] });
  mocks.ecr
    .on(DescribeImagesCommand, { imageIds: [{ imageTag: build.tag }] })
    .resolves({ imageDetails: [{ imageDigest: 'sha256:built' }] });
  const step: Step<'images'> = {
    ...images,
    create: (context) => images.create({ ...context, builds: buildsOf(async () => build) }),
  };
  const { ids, notes } = await provisionStep(step, {
    noun: 'images',
    ids: repositoryIds,
    found: { images: { 'web-api2': await foundImage('web-api2') } },
  });
  expect(ids).toEqual({ 'web-api1': { imageUri: `${uriOf('web-api1')}@sha256:built` } });
  expect(notes).toEqual(['docker builds web-api1']);
  expect((await calls()).map(({ args }) => args[0])).toEqual(['build', 'login', 'push']);
});

test('adopts when present', async () => {
  const { shortChanges } = await provisionStep(images, {
    noun: 'images',
    ids: repositoryIds,
    found: { images: { 'web-api1': await foundImage('web-api1'), 'web-api2': await foundImage('web-api2') } },
  });
  expect(shortChanges).toEqual([]);
  expect(sentCalls()).toEqual([]);
});

test('repairs drift', async () => {
  mockRegistry();
  // The image was deleted manually; the rest of the repository is unchanged.
  const { shortChanges } = await provisionStep(images, {
    noun: 'images',
    ids: repositoryIds,
    found: { images: { 'web-api2': await foundImage('web-api2') } },
  });
  expect(shortChanges).toEqual([['create', 'web-api1']]);
  expect(commands().at(-1)).toBe('PutImage');
});

test('explains refusal: another image with the same tag is reported', async () => {
  mockRegistry();
  mocks.ecr.on(PutImageCommand).rejects(awsError('ImageTagAlreadyExistsException', 'The tag is immutable.'));
  await expect(provisionStep(images, { noun: 'images', ids: repositoryIds })).rejects.toMatchObject({
    code: 'FOREIGN',
    why: 'The tag is immutable.',
  });
});

test('throws the error when AWS refuses a call: if a repository rejects layers, no image is put', async () => {
  mockRegistry();
  mocks.ecr.on(InitiateLayerUploadCommand).rejects(awsError('AccessDeniedException', 'no uploads'));
  await expect(provisionStep(images, { noun: 'images', ids: repositoryIds })).rejects.toMatchObject({
    message: 'no uploads',
  });
  expect(commands()).not.toContain('PutImage');
});

test('a container that refers to an existing image is not built', async () => {
  const base = config();
  const services = base.services.map((service) => ({
    ...service,
    containers: service.containers.map((container) => ({ ...container, image: { reference: 'nginx:1' } })),
  }));
  const { shortChanges } = await provisionStep(images, { noun: 'images', config: { ...base, services } });
  expect(shortChanges).toEqual([]);
});

describe('the look', () => {
  /** Lets AWS return the repositories of these containers. */
  function mockRepositories(...keys: string[]): void {
    mocks.ecr.on(DescribeRepositoriesCommand).resolves({
      repositories: keys.map((key) => ({
        repositoryName: `shop-dev/${key}`,
        repositoryArn: key,
        repositoryUri: uriOf(key),
      })),
    });
    mocks.ecr.on(GetLifecyclePolicyCommand).rejects(awsError('LifecyclePolicyNotFoundException'));
    for (const key of keys) {
      const tags = toPascalCaseTags(ourTags('repositories', key));
      mocks.ecr.on(ListTagsForResourceCommand, { resourceArn: key }).resolves({ tags });
    }
  }
  const onDescribe = (key: string, tag: string) =>
    mocks.ecr.on(DescribeImagesCommand, {
      repositoryName: `shop-dev/${key}`,
      imageIds: [{ imageTag: tag }],
    });

  test('the look finds only the image with the tag of the current source', async () => {
    mockRepositories('web-api1', 'web-api2');
    const { tag, digest } = await buildOf('web-api1');
    onDescribe('web-api1', tag).resolves({ imageDetails: [{ imageDigest: digest }] });
    onDescribe('web-api2', (await buildOf('web-api2')).tag).rejects(awsError('ImageNotFoundException'));
    expect(Object.fromEntries(await lookImages(lookContextOf()))).toEqual({
      'web-api1': await foundImage('web-api1'),
    });
  });

  test('the look does not ask for images of a missing repository', async () => {
    mockRepositories();
    expect((await lookImages(lookContextOf())).size).toBe(0);
    expect(commands()).toEqual(['DescribeRepositories']);
  });

  test('the look ignores an image that has the tag of the current source but another digest', async () => {
    mockRepositories('web-api1');
    mocks.ecr.on(DescribeImagesCommand).resolves({ imageDetails: [{ imageDigest: 'sha256:other' }] });
    expect((await lookImages(lookContextOf())).size).toBe(0);
  });

  test('the look accepts any digest for an image that a container engine has pushed', async () => {
    mockRepositories('web-api1');
    mocks.ecr.on(DescribeImagesCommand).resolves({ imageDetails: [{ imageDigest: 'sha256:built' }] });
    const build = {
      kind: 'docker',
      tag: 'docker-1',
      digest: undefined,
      engine: 'docker',
      folder: '/',
      platform: 'linux/amd64',
      options: [],
      buildArgs: {},
    } as const;
    const items = await lookImages({
      ...lookContextOf(),
      builds: buildsOf(async () => build),
    });
    expect(items.get('web-api1')).toMatchObject({
      imageUri: `${uriOf('web-api1')}@sha256:built`,
    });
  });

  test('the look fails if a call is denied, instead of reporting the image as missing', async () => {
    mockRepositories('web-api1', 'web-api2');
    mocks.ecr.on(DescribeImagesCommand).rejects(awsError('AccessDeniedException', 'denied'));
    await expect(lookImages(lookContextOf())).rejects.toThrow('denied');
  });
});
