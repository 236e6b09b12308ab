// Manifests and tags at the registry endpoint: the same images, rules and refusals as through the API of ECR.
import {
  DescribeImagesCommand,
  ListImagesCommand,
  PutImageTagMutabilityCommand,
  PutLifecyclePolicyCommand,
} from '@aws-sdk/client-ecr';
import { expect, test } from '@jest/globals';
import { digestOf, indexManifestOf, manifestOf, OCI_INDEX, pushImage } from '../aws/ecr/pushing.ts';
import { errorCodeOf, registryScene } from './registry-client.ts';

const repositoryName = 'web';
const MISSING_DIGEST = digestOf('missing');

test('an image that was pushed to the registry is an image of ECR', async () => {
  const { push, ecr, journal } = await registryScene();
  const manifest = await push('v1');
  const { imageDetails } = await ecr.send(new DescribeImagesCommand({ repositoryName }));
  expect(imageDetails).toMatchObject([
    { imageDigest: digestOf(manifest), imageTags: ['v1'], imageSizeInBytes: 18 },
  ]);
  expect(journal.entries()).toContainEqual(
    expect.objectContaining({ service: 'ecr', operation: 'PutImage', region: 'eu-west-1', result: 'ok' }),
  );
});

test('an image that was put through the API is read by tag and by digest, byte for byte', async () => {
  const { registry, ecr } = await registryScene();
  const digest = await pushImage(ecr, repositoryName, '{}', ['layer'], 'v1');
  const manifest = manifestOf('{}', ['layer']);
  for (const reference of ['v1', digest, encodeURIComponent(digest)]) {
    const expected = {
      status: 200,
      headers: {
        'content-type': 'application/vnd.oci.image.manifest.v1+json',
        'content-length': String(manifest.length),
        'docker-content-digest': digest,
      },
    };
    const path = `/v2/web/manifests/${reference}`;
    expect(await registry('GET', path)).toMatchObject({ ...expected, body: manifest });
    expect(await registry('HEAD', path)).toMatchObject({ ...expected, body: '' });
  }
});

test('GET of a manifest counts as a pull, and HEAD does not', async () => {
  const { registry, push, ecr } = await registryScene();
  await push('v1');
  const pulledAt = async () =>
    (await ecr.send(new DescribeImagesCommand({ repositoryName }))).imageDetails?.[0]?.lastRecordedPullTime;
  await registry('HEAD', '/v2/web/manifests/v1');
  expect(await pulledAt()).toBeUndefined();
  await registry('GET', '/v2/web/manifests/v1');
  expect(await pulledAt()).toBeInstanceOf(Date);
});

test('pushing the same image under the same tag again succeeds', async () => {
  const { push, putManifest } = await registryScene();
  const manifest = await push('v1');
  expect(await putManifest('v1', manifest)).toMatchObject({
    status: 201,
    headers: {
      'docker-content-digest': digestOf(manifest),
      location: `/v2/web/manifests/${digestOf(manifest)}`,
    },
  });
  expect((await putManifest(digestOf(manifest), manifest)).status).toBe(201);
});

test('a tag moves to the newest image, unless the repository makes tags immutable', async () => {
  const { registry, push, putManifest, ecr } = await registryScene();
  await push('v1');
  const second = await push('v1', '{"config":{"User":"2"}}');
  const digestOfTag = async () =>
    (await registry('HEAD', '/v2/web/manifests/v1')).headers['docker-content-digest'];
  expect(await digestOfTag()).toBe(digestOf(second));
  await ecr.send(new PutImageTagMutabilityCommand({ repositoryName, imageTagMutability: 'IMMUTABLE' }));
  const refused = await putManifest('v1', manifestOf('{"config":{}}', ['layer']));
  expect(refused.status).toBe(400);
  expect(JSON.parse(refused.body)).toEqual({
    errors: [
      {
        code: 'TAG_INVALID',
        message:
          "The image tag 'v1' already exists in the 'web' repository and cannot be overwritten because the tag is immutable.",
      },
    ],
  });
  expect(await digestOfTag()).toBe(digestOf(second));
});

test('a push applies the lifecycle policy of the repository', async () => {
  const { push, ecr } = await registryScene({ pace: 'instant' });
  const lifecyclePolicyText = JSON.stringify({
    rules: [
      {
        rulePriority: 1,
        selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 1 },
        action: { type: 'expire' },
      },
    ],
  });
  await ecr.send(new PutLifecyclePolicyCommand({ repositoryName, lifecyclePolicyText }));
  await push('v1');
  await push('v2', '{"config":{"User":"2"}}');
  const { imageIds } = await ecr.send(new ListImagesCommand({ repositoryName }));
  expect(imageIds).toMatchObject([{ imageTag: 'v2' }]);
});

test('an index can be pushed only after its images, which then cannot be deleted', async () => {
  const { push, putManifest, registry } = await registryScene();
  const digest = digestOf(await push('v1'));
  expect((await putManifest('all', indexManifestOf({ amd64: digest }), OCI_INDEX)).status).toBe(201);
  const incomplete = await putManifest('all', indexManifestOf({ amd64: MISSING_DIGEST }), OCI_INDEX);
  expect(incomplete.status).toBe(404);
  expect(errorCodeOf(incomplete)).toBe('MANIFEST_BLOB_UNKNOWN');
  const inUse = await registry('DELETE', `/v2/web/manifests/${digest}`);
  expect([inUse.status, errorCodeOf(inUse)]).toEqual([403, 'DENIED']);
});

test('deleting a tag keeps the image while it has other tags, and deleting the digest removes it', async () => {
  const { registry, push, putManifest } = await registryScene();
  const manifest = await push('v1');
  await putManifest('v2', manifest);
  const path = `/v2/web/manifests/${digestOf(manifest)}`;
  expect((await registry('DELETE', '/v2/web/manifests/v1')).status).toBe(202);
  expect((await registry('GET', path)).status).toBe(200);
  expect((await registry('DELETE', path)).status).toBe(202);
  expect((await registry('GET', path)).status).toBe(404);
  const secondDeletion = await registry('DELETE', path);
  expect([secondDeletion.status, JSON.parse(secondDeletion.body)]).toEqual([
    404,
    { errors: [{ code: 'MANIFEST_UNKNOWN', message: 'Requested image not found' }] },
  ]);
});

const EMPTY_MANIFEST = manifestOf('{}', []);
test.each<[string, string, string, number, string, string?]>([
  ['an unknown repository', 'GET', '/v2/gone/manifests/v1', 404, 'NAME_UNKNOWN'],
  ['a push to an unknown repository', 'PUT', '/v2/gone/manifests/v1', 404, 'NAME_UNKNOWN', EMPTY_MANIFEST],
  ['the tags of an unknown repository', 'GET', '/v2/gone/tags/list', 404, 'NAME_UNKNOWN'],
  ['an invalid repository name', 'GET', '/v2/WEB/manifests/v1', 400, 'NAME_INVALID'],
  ['an unknown tag', 'GET', '/v2/web/manifests/v9', 404, 'MANIFEST_UNKNOWN'],
  ['an unknown digest', 'GET', `/v2/web/manifests/${MISSING_DIGEST}`, 404, 'MANIFEST_UNKNOWN'],
  ['an invalid digest', 'GET', '/v2/web/manifests/sha256:12', 400, 'DIGEST_INVALID'],
  ['text that looks like a digest', 'DELETE', '/v2/web/manifests/a:!', 400, 'DIGEST_INVALID'],
  ['a tag that is too long', 'GET', `/v2/web/manifests/${'x'.repeat(301)}`, 400, 'TAG_INVALID'],
  ['an invalid tag', 'PUT', '/v2/web/manifests/-%20x', 400, 'TAG_INVALID', EMPTY_MANIFEST],
  ['a wrong digest', 'PUT', `/v2/web/manifests/${MISSING_DIGEST}`, 400, 'DIGEST_INVALID', EMPTY_MANIFEST],
  ['text that is not JSON', 'PUT', '/v2/web/manifests/v1', 400, 'MANIFEST_INVALID', 'text'],
  ['a manifest without layers', 'PUT', '/v2/web/manifests/v1', 400, 'MANIFEST_INVALID', '{}'],
  ['missing blobs', 'PUT', '/v2/web/manifests/v1', 404, 'MANIFEST_BLOB_UNKNOWN', EMPTY_MANIFEST],
  ['a manifest that is too large', 'PUT', '/v2/web/manifests/v1', 413, 'SIZE_INVALID', ' '.repeat(4_194_305)],
  ['the list of repositories', 'GET', '/v2/_catalog', 405, 'UNSUPPORTED'],
  ['an unsupported method', 'POST', '/v2/web/manifests/v1', 405, 'UNSUPPORTED'],
])('is refused: %s', async (_, method, path, status, code, body = '') => {
  const { registry } = await registryScene();
  const headers = { 'content-type': 'application/vnd.oci.image.manifest.v1+json' };
  const response = await registry(method, path, { headers, body });
  expect([response.status, errorCodeOf(response)]).toEqual([status, code]);
});

test('bytes that are not UTF-8 are refused as a manifest', async () => {
  const { registry } = await registryScene();
  const response = await registry('PUT', '/v2/web/manifests/v1', { body: Buffer.from([0x7b, 0xff, 0x7d]) });
  expect([response.status, errorCodeOf(response)]).toEqual([400, 'MANIFEST_INVALID']);
});

test('a path that the protocol does not define is refused with 404', async () => {
  const { registry } = await registryScene();
  for (const path of ['/v2/web', '/v2/web/referrers/x', '/v2/%zz'])
    expect((await registry('GET', path)).status).toBe(404);
});

test('tags are listed in pages, in alphabetical order', async () => {
  const { registry, push, putManifest } = await registryScene();
  const manifest = await push('b');
  for (const tag of ['d', 'a', 'c']) await putManifest(tag, manifest);
  await push('untagged');
  await registry('DELETE', '/v2/web/manifests/untagged');
  const list = async (path: string) => {
    const { body, headers } = await registry('GET', path);
    return { ...(JSON.parse(body) as { name: string; tags: string[] }), link: headers['link'] };
  };
  expect(await list('/v2/web/tags/list')).toEqual({
    name: 'web',
    tags: ['a', 'b', 'c', 'd'],
    link: undefined,
  });
  const first = await list('/v2/web/tags/list?n=3');
  expect(first).toEqual({
    name: 'web',
    tags: ['a', 'b', 'c'],
    link: '</v2/web/tags/list?n=3&last=c>; rel="next"',
  });
  expect(await list('/v2/web/tags/list?n=3&last=c')).toMatchObject({ tags: ['d'], link: undefined });
});

test.each([
  [413, 'SIZE_INVALID', 'with 1,000,000 layers', `{"layers":[${'1,'.repeat(1_000_000)}1]}`, OCI_INDEX],
  [400, 'MANIFEST_INVALID', 'with 1,000,000 levels', '['.repeat(1_000_000), OCI_INDEX],
  [400, 'MANIFEST_INVALID', 'of the media type "constructor"', '{}', 'constructor'],
])('is refused with %d %s: a manifest %s', async (status, code, _what, manifest, mediaType) => {
  const { putManifest } = await registryScene();
  const response = await putManifest('v1', manifest, mediaType);
  expect([response.status, errorCodeOf(response)]).toEqual([status, code]);
  expect(response.body.length).toBeLessThan(1_000);
});
