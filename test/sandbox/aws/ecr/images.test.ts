// The images of the sandbox's ECR: pushed, tagged, read back, deleted.
import {
  BatchDeleteImageCommand,
  BatchGetImageCommand,
  PutImageCommand,
  type ECRClient,
  type ImageIdentifier,
} from '@aws-sdk/client-ecr';
import { expect, test } from '@jest/globals';
import { refusalOf, sandbox } from '../../harness.ts';
import {
  digestOf,
  indexManifestOf,
  makeRepository,
  manifestOf,
  OCI_IMAGE,
  OCI_INDEX,
  pushImage,
  pushLayer,
} from './pushing.ts';

const repositoryName = 'api1';
const repositoryPhrase = "the repository with name 'api1' in the registry with id '000000000000'";

const put = (ecr: ECRClient, imageManifest: string, imageTag?: string, rest: object = {}) =>
  ecr.send(new PutImageCommand({ repositoryName, imageManifest, imageTag, ...rest }));
const get = (ecr: ECRClient, ...imageIds: ImageIdentifier[]) =>
  ecr.send(new BatchGetImageCommand({ repositoryName, imageIds }));
const remove = (ecr: ECRClient, ...imageIds: ImageIdentifier[]) =>
  ecr.send(new BatchDeleteImageCommand({ repositoryName, imageIds }));

async function repositoryScene(rest: Parameters<typeof makeRepository>[2] = {}) {
  const started = await sandbox();
  await makeRepository(started.ecr, repositoryName, rest);
  return started;
}

test('an image is stored under the digest of its manifest and can be read back by tag or digest', async () => {
  const { ecr } = await repositoryScene();
  await pushLayer(ecr, repositoryName, '{}');
  await pushLayer(ecr, repositoryName, 'layer');
  const imageManifest = manifestOf('{}', ['layer']);
  const imageDigest = digestOf(imageManifest);
  const { image } = await put(ecr, imageManifest, 'v1', { imageDigest });
  expect(image).toEqual({
    registryId: '000000000000',
    repositoryName,
    imageId: { imageDigest, imageTag: 'v1' },
    imageManifest,
    imageManifestMediaType: OCI_IMAGE,
  });
  const { images } = await get(ecr, { imageTag: 'v1' }, { imageDigest });
  expect(images?.map(({ imageId }) => imageId)).toEqual([{ imageDigest, imageTag: 'v1' }, { imageDigest }]);
  expect(images?.[0]?.imageManifest).toBe(imageManifest);
});

test('an image whose layers or configuration are missing is refused with an error that names them', async () => {
  const { ecr } = await repositoryScene();
  await pushLayer(ecr, repositoryName, 'here');
  expect(await refusalOf(put(ecr, manifestOf('{}', ['here', 'gone'])))).toEqual({
    code: 'LayersNotFoundException',
    message: `Layers with digests '[${digestOf('{}')}, ${digestOf('gone')}]' required for pushing image into ${repositoryPhrase} do not exist`,
  });
});

test('pushing an image again is refused unless the push adds a tag', async () => {
  const { ecr } = await repositoryScene();
  const digest = await pushImage(ecr, repositoryName, '{}', ['layer'], 'v1');
  const manifest = manifestOf('{}', ['layer']);
  expect(await refusalOf(put(ecr, manifest, 'v1'))).toEqual({
    code: 'ImageAlreadyExistsException',
    message: `Image with digest '${digest}' and tag 'v1' already exists in ${repositoryPhrase}`,
  });
  expect(await refusalOf(put(ecr, manifest))).toMatchObject({ code: 'ImageAlreadyExistsException' });
  await put(ecr, manifest, 'v2');
  expect((await get(ecr, { imageTag: 'v2' })).images).toHaveLength(1);
});

test('pushing another image with the same tag moves the tag to the new image', async () => {
  const { ecr } = await repositoryScene();
  await pushImage(ecr, repositoryName, '{"a":1}', ['layer'], 'latest');
  const second = await pushImage(ecr, repositoryName, '{"a":2}', ['layer'], 'latest');
  const { images } = await get(ecr, { imageTag: 'latest' });
  expect(images?.map(({ imageId }) => imageId?.imageDigest)).toEqual([second]);
});

test('an immutable tag cannot be moved unless an exclusion filter matches the tag', async () => {
  const { ecr } = await repositoryScene({
    imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
    imageTagMutabilityExclusionFilters: [{ filter: 'dev-*', filterType: 'WILDCARD' }],
  });
  await pushImage(ecr, repositoryName, '{"a":1}', ['layer'], 'v1');
  expect(await refusalOf(pushImage(ecr, repositoryName, '{"a":2}', ['layer'], 'v1'))).toEqual({
    code: 'ImageTagAlreadyExistsException',
    message:
      "The image tag 'v1' already exists in the 'api1' repository and cannot be overwritten because the tag is immutable.",
  });
  await pushImage(ecr, repositoryName, '{"a":1}', ['layer'], 'dev-1');
  const moved = await pushImage(ecr, repositoryName, '{"a":2}', ['layer'], 'dev-1');
  expect((await get(ecr, { imageTag: 'dev-1' })).images?.[0]?.imageId?.imageDigest).toBe(moved);
});

test('a manifest whose digest differs from the one in the request is refused', async () => {
  const { ecr } = await repositoryScene();
  const wrong = put(ecr, manifestOf('{}', []), 'v1', { imageDigest: digestOf('other') });
  expect(await refusalOf(wrong)).toMatchObject({ code: 'ImageDigestDoesNotMatchException' });
});

test('the media type may be in the request instead of the manifest', async () => {
  const { ecr } = await repositoryScene();
  await pushLayer(ecr, repositoryName, '{}');
  const manifest = manifestOf('{}', []).replace(`"mediaType":"${OCI_IMAGE}",`, '');
  expect(await refusalOf(put(ecr, manifest))).toMatchObject({ code: 'InvalidParameterException' });
  const { image } = await put(ecr, manifest, 'v1', { imageManifestMediaType: OCI_IMAGE });
  expect(image?.imageManifestMediaType).toBe(OCI_IMAGE);
});

test.each([
  ['is not JSON', '{', 'Invalid JSON syntax'],
  ['has no layers', JSON.stringify({ mediaType: OCI_IMAGE }), 'config: '],
  ['is of an unknown type', JSON.stringify({ mediaType: 'text/plain' }), 'Unsupported manifest media type'],
])('a manifest that %s is refused', async (_what, manifest, reason) => {
  const { ecr } = await repositoryScene();
  expect(await refusalOf(put(ecr, manifest))).toMatchObject({
    code: 'InvalidParameterException',
    message: expect.stringContaining(reason),
  });
});

test('a manifest whose media type differs from the one in the request is refused', async () => {
  const { ecr } = await repositoryScene();
  const mismatched = put(ecr, manifestOf('{}', []), 'v1', { imageManifestMediaType: OCI_INDEX });
  expect(await refusalOf(mismatched)).toMatchObject({ code: 'InvalidParameterException' });
});

test.each(['a/b', 'a b', 'x'.repeat(301)])(
  'pushing an image with the invalid tag %s is refused',
  async (tag) => {
    const { ecr } = await repositoryScene();
    expect(await refusalOf(put(ecr, manifestOf('{}', []), tag))).toMatchObject({
      code: 'InvalidParameterException',
      message: expect.stringContaining("Invalid parameter at 'imageTag'"),
    });
  },
);

test('an index is refused unless its images exist, and the images cannot be deleted before the index', async () => {
  const { ecr } = await repositoryScene();
  const index = (digest: string) => indexManifestOf({ amd64: digest });
  expect(await refusalOf(put(ecr, index(digestOf('gone'))))).toEqual({
    code: 'ReferencedImagesNotFoundException',
    message: `Images with digests '[${digestOf('gone')}]' required for pushing image into ${repositoryPhrase} do not exist`,
  });
  const child = await pushImage(ecr, repositoryName, '{}', ['layer']);
  await put(ecr, index(child), 'v1');
  const indexDigest = digestOf(index(child));
  expect((await remove(ecr, { imageDigest: child })).failures).toEqual([
    {
      imageId: { imageDigest: child },
      failureCode: 'ImageReferencedByManifestList',
      failureReason: `Requested image referenced by manifest list: [${indexDigest}]`,
    },
  ]);
  await remove(ecr, { imageDigest: indexDigest });
  expect((await remove(ecr, { imageDigest: child })).imageIds).toEqual([{ imageDigest: child }]);
});

test('BatchGetImage lists unknown or invalid image ids as failures instead of failing', async () => {
  const { ecr } = await repositoryScene();
  const imageDigest = await pushImage(ecr, repositoryName, '{"a":1}', ['layer'], 'v1');
  await pushImage(ecr, repositoryName, '{"a":2}', ['layer'], 'v2');
  const { images, failures } = await get(
    ecr,
    { imageTag: 'v3' },
    {},
    { imageDigest: 'nonsense' },
    { imageDigest, imageTag: 'v2' },
  );
  expect(images).toEqual([]);
  expect(failures?.map(({ failureCode }) => failureCode)).toEqual([
    'ImageNotFound',
    'MissingDigestAndTag',
    'InvalidImageDigest',
    'ImageTagDoesNotMatchDigest',
  ]);
  expect(failures?.[0]).toEqual({
    imageId: { imageTag: 'v3' },
    failureCode: 'ImageNotFound',
    failureReason: 'Requested image not found',
  });
});

test('an image is never converted to another media type', async () => {
  const { ecr } = await repositoryScene();
  await pushImage(ecr, repositoryName, '{}', ['layer'], 'v1');
  const getAs = (...acceptedMediaTypes: string[]) =>
    ecr.send(
      new BatchGetImageCommand({ repositoryName, imageIds: [{ imageTag: 'v1' }], acceptedMediaTypes }),
    );
  expect((await getAs(OCI_IMAGE)).images).toHaveLength(1);
  expect(await refusalOf(getAs('application/vnd.docker.distribution.manifest.v1+json'))).toMatchObject({
    code: 'NotImplemented',
  });
});

test('deleting by digest removes the image with all its tags; deleting the last tag removes the image', async () => {
  const { ecr } = await repositoryScene();
  const imageDigest = await pushImage(ecr, repositoryName, '{}', ['layer'], 'v1');
  for (const tag of ['v2', 'v3']) await put(ecr, manifestOf('{}', ['layer']), tag);
  expect((await remove(ecr, { imageTag: 'v1' })).imageIds).toEqual([{ imageDigest, imageTag: 'v1' }]);
  expect((await get(ecr, { imageTag: 'v1' })).failures).toHaveLength(1);
  expect((await remove(ecr, { imageDigest })).imageIds).toEqual([
    { imageDigest, imageTag: 'v2' },
    { imageDigest, imageTag: 'v3' },
  ]);
  await pushImage(ecr, repositoryName, '{}', ['layer'], 'last');
  await remove(ecr, { imageTag: 'last' });
  expect((await get(ecr, { imageDigest })).failures).toMatchObject([{ failureCode: 'ImageNotFound' }]);
});

test('deleting an image removes layers that only this image used, and frees bytes that no repository uses', async () => {
  const { ecr, region } = await repositoryScene();
  await makeRepository(ecr, 'api2');
  await pushImage(ecr, repositoryName, '{"a":1}', ['shared', 'own', 'everywhere'], 'v1');
  await pushImage(ecr, repositoryName, '{"a":2}', ['shared'], 'v2');
  await pushLayer(ecr, repositoryName, 'being pushed');
  await pushLayer(ecr, 'api2', 'everywhere');
  await remove(ecr, { imageTag: 'v1' });
  const layers = region.ecr.repositories.get(repositoryName)?.layers.map(({ digest }) => digest);
  expect(layers).toEqual(['shared', '{"a":2}', 'being pushed'].map(digestOf));
  const isKept = (content: string) => region.blobs.has(`eu-west-1/${digestOf(content)}`);
  expect(['shared', 'own', '{"a":1}', 'everywhere'].map(isKept)).toEqual([true, false, false, true]);
});

test('a batch call must name between one and a hundred images', async () => {
  const { ecr } = await repositoryScene();
  expect(await refusalOf(get(ecr))).toMatchObject({ code: 'InvalidParameterException' });
  const tooMany = Array.from({ length: 101 }, (_, index) => ({ imageTag: `v${index}` }));
  expect(await refusalOf(remove(ecr, ...tooMany))).toMatchObject({ code: 'InvalidParameterException' });
});
