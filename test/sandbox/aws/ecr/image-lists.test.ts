// The lists and details of the images in a repository of the sandbox's ECR.
import {
  DescribeImageScanFindingsCommand,
  DescribeImagesCommand,
  ListImagesCommand,
  PutImageCommand,
  type DescribeImagesCommandInput,
} from '@aws-sdk/client-ecr';
import { expect, test } from '@jest/globals';
import { manualClock } from '../../../../sandbox/world/clock.ts';
import { refusalOf, sandbox } from '../../harness.ts';
import { indexManifestOf, makeRepository, manifestOf, OCI_IMAGE, OCI_INDEX, pushImage } from './pushing.ts';

const repositoryName = 'api1';

async function repositoryWithImages() {
  const { ecr } = await sandbox({ clock: manualClock(Date.UTC(2026, 0, 1)) });
  await makeRepository(ecr, repositoryName);
  const tagged = await pushImage(ecr, repositoryName, '{"a":1}', ['layer'], 'v1');
  const imageManifest = manifestOf('{"a":1}', ['layer']);
  await ecr.send(new PutImageCommand({ repositoryName, imageManifest, imageTag: 'latest' }));
  const untagged = await pushImage(ecr, repositoryName, '{"a":2}', ['a longer layer']);
  const describe = (rest: Partial<DescribeImagesCommandInput> = {}) =>
    ecr.send(new DescribeImagesCommand({ repositoryName, ...rest }));
  return { ecr, tagged, untagged, describe };
}

test('images are described with tags, size, media types and the time they were pushed', async () => {
  const { describe, tagged, untagged } = await repositoryWithImages();
  const { imageDetails } = await describe();
  expect(imageDetails).toEqual([
    {
      registryId: '000000000000',
      repositoryName,
      imageDigest: tagged,
      imageTags: ['v1', 'latest'],
      imageSizeInBytes: '{"a":1}'.length + 'layer'.length,
      imagePushedAt: new Date('2026-01-01T00:00:00Z'),
      imageManifestMediaType: OCI_IMAGE,
      artifactMediaType: 'application/vnd.oci.image.config.v1+json',
      imageStatus: 'ACTIVE',
    },
    expect.objectContaining({ imageDigest: untagged }),
  ]);
  expect(imageDetails?.[1]?.imageTags).toBeUndefined();
});

test('the size of an index is the size of its largest image', async () => {
  const { ecr, describe, tagged, untagged } = await repositoryWithImages();
  const imageManifest = indexManifestOf({ amd64: tagged, arm64: untagged });
  await ecr.send(new PutImageCommand({ repositoryName, imageManifest, imageTag: 'both' }));
  const { imageDetails } = await describe({ imageIds: [{ imageTag: 'both' }] });
  expect(imageDetails).toMatchObject([
    {
      imageManifestMediaType: OCI_INDEX,
      imageSizeInBytes: '{"a":2}'.length + 'a longer layer'.length,
    },
  ]);
});

test('images can be filtered by whether they have tags', async () => {
  const { ecr, describe, tagged, untagged } = await repositoryWithImages();
  const digests = async (tagStatus: 'TAGGED' | 'UNTAGGED' | 'ANY') =>
    (await describe({ filter: { tagStatus } })).imageDetails?.map(({ imageDigest }) => imageDigest);
  expect(await digests('TAGGED')).toEqual([tagged]);
  expect(await digests('UNTAGGED')).toEqual([untagged]);
  expect(await digests('ANY')).toEqual([tagged, untagged]);
  expect((await describe({ filter: { imageStatus: 'ARCHIVED' } })).imageDetails).toEqual([]);
  const { imageIds } = await ecr.send(
    new ListImagesCommand({ repositoryName, filter: { tagStatus: 'UNTAGGED' } }),
  );
  expect(imageIds).toEqual([{ imageDigest: untagged }]);
});

test('image ids are listed page by page, one per tag and one per untagged image', async () => {
  const { ecr, tagged, untagged } = await repositoryWithImages();
  const list = (nextToken?: string) =>
    ecr.send(new ListImagesCommand({ repositoryName, maxResults: 2, nextToken }));
  const first = await list();
  expect(first.imageIds).toEqual([
    { imageDigest: tagged, imageTag: 'v1' },
    { imageDigest: tagged, imageTag: 'latest' },
  ]);
  expect(await list(first.nextToken)).toMatchObject({ imageIds: [{ imageDigest: untagged }] });
});

test('a describe call is refused if an image is unknown, or if it combines image ids with a page size', async () => {
  const { describe } = await repositoryWithImages();
  expect(await refusalOf(describe({ imageIds: [{ imageTag: 'v9' }] }))).toEqual({
    code: 'ImageNotFoundException',
    message:
      "The image with imageId {imageDigest:'null', imageTag:'v9'} does not exist within the repository with name 'api1' in the registry with id '000000000000'",
  });
  const paged = describe({ imageIds: [{ imageTag: 'v1' }], maxResults: 1 });
  expect(await refusalOf(paged)).toMatchObject({ code: 'InvalidParameterException' });
});

test('a call for scan findings is refused, because the sandbox scans no images', async () => {
  const { ecr } = await repositoryWithImages();
  const findings = (imageTag: string) =>
    refusalOf(ecr.send(new DescribeImageScanFindingsCommand({ repositoryName, imageId: { imageTag } })));
  expect(await findings('v1')).toMatchObject({ code: 'ScanNotFoundException' });
  expect(await findings('v9')).toMatchObject({ code: 'ImageNotFoundException' });
});
