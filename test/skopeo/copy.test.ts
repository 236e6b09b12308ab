// Debian's skopeo copies images into the registry and out of it, inspects and deletes them, with a right and a wrong token.
import {
  BatchGetImageCommand,
  DescribeImagesCommand,
  PutAccountSettingCommand,
  PutImageTagMutabilityCommand,
} from '@aws-sdk/client-ecr';
import { describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bundle } from '../../lib/image/bundle.ts';
import { digestOf } from '../../lib/image/image-format.ts';
import { packImage } from '../../lib/image/oci.ts';
import { manualClock } from '../../sandbox/world/clock.ts';
import { makeRepository } from '../sandbox/aws/ecr/pushing.ts';
import { sandbox } from '../sandbox/harness.ts';
import { makeFolder, skopeoFor, writeOciIndex, writeOciLayout } from './skopeo.ts';

const repositoryName = 'team/web';
const IMAGE = `${repositoryName}:v1`;

const packProgram = (program: string) =>
  packImage([{ name: 'main.cjs', bytes: new TextEncoder().encode(program) }]);

/** Starts a sandbox with a repository and skopeo. */
async function skopeoScene(options = {}) {
  const started = await sandbox(options);
  await makeRepository(started.ecr, repositoryName);
  return { ...started, skopeo: await skopeoFor(started) };
}

const succeeded = expect.objectContaining({ code: 0 });

test('an image that Slipway bundled is pushed from an OCI layout, inspected, and pulled into a folder', async () => {
  const { ecr, skopeo } = await skopeoScene();
  const built = await bundle(resolve('services/api1'));
  expect(await skopeo.push(`${writeOciLayout({ v1: built })}:v1`, IMAGE)).toEqual(succeeded);
  const { images } = await ecr.send(
    new BatchGetImageCommand({ repositoryName, imageIds: [{ imageTag: 'v1' }] }),
  );
  expect(images?.[0]).toMatchObject({
    imageId: { imageDigest: built.digest },
    imageManifest: built.manifest,
  });

  const inspected = await skopeo.on('inspect', IMAGE);
  expect(inspected.code).toBe(0);
  expect(JSON.parse(inspected.output)).toMatchObject({
    Digest: built.digest,
    RepoTags: ['v1'],
    Os: 'linux',
    Architecture: 'amd64',
  });

  const folder = makeFolder();
  expect(await skopeo.pull(IMAGE, `dir:${folder}`)).toEqual(succeeded);
  expect(readFileSync(join(folder, 'manifest.json'), 'utf8')).toBe(built.manifest);
  for (const { digest, bytes } of built.blobs)
    expect(readFileSync(join(folder, digest.slice('sha256:'.length))).equals(bytes)).toBe(true);
  const { imageDetails } = await ecr.send(new DescribeImagesCommand({ repositoryName }));
  expect(imageDetails?.[0]?.lastRecordedPullTime).toBeInstanceOf(Date);
});

test('an image keeps its digest when it is pulled into a folder or an OCI layout and pushed again, and a large layer is sent in parts', async () => {
  const { skopeo, journal, ecr } = await skopeoScene();
  const image = await packImage([{ name: 'main.cjs', bytes: randomBytes(24 * 1024 * 1024) }]);
  expect(await skopeo.push(`${writeOciLayout({ v1: image })}:v1`, IMAGE)).toEqual(succeeded);
  expect(journal.entries().filter(({ operation }) => operation === 'UploadLayerPart')).toHaveLength(3);
  const folder = makeFolder();
  const layout = makeFolder();
  expect(await skopeo.pull(IMAGE, `dir:${folder}`)).toEqual(succeeded);
  expect(await skopeo.pull(IMAGE, `oci:${layout}:v1`)).toEqual(succeeded);
  expect(readdirSync(join(layout, 'blobs/sha256'))).toHaveLength(3);
  await makeRepository(ecr, 'copies');
  for (const [index, source] of [`dir:${folder}`, `oci:${layout}:v1`].entries())
    expect(await skopeo.push(source, `copies:v${index}`)).toEqual(succeeded);
  const { imageDetails } = await ecr.send(new DescribeImagesCommand({ repositoryName: 'copies' }));
  expect(imageDetails).toMatchObject([{ imageDigest: image.digest, imageTags: ['v0', 'v1'] }]);
});

describe('credentials', () => {
  test('that are wrong are refused, and nothing is stored or shown', async () => {
    const { skopeo, region } = await skopeoScene();
    const source = `${writeOciLayout({ v1: await packProgram('1') })}:v1`;
    const wrong = 'AWS:wrong';
    const refused = { code: 1, output: expect.stringMatching(/unauthorized|authentication required/i) };
    expect(await skopeo.push(source, IMAGE, [], wrong)).toMatchObject(refused);
    expect(region.ecr.repositories.all()).toMatchObject([{ images: [], layers: [] }]);
    expect(await skopeo.push(source, IMAGE)).toEqual(succeeded);
    expect(await skopeo.pull(IMAGE, `dir:${makeFolder()}`, [], wrong)).toMatchObject(refused);
    for (const command of ['inspect', 'delete', 'list-tags'])
      expect(await skopeo.on(command, command === 'list-tags' ? repositoryName : IMAGE, wrong)).toMatchObject(
        refused,
      );
    expect(region.ecr.repositories.all()).toMatchObject([{ images: [{ tags: ['v1'] }] }]);
  });

  test('work for a login until they expire', async () => {
    const clock = manualClock();
    const { skopeo, region } = await skopeoScene({ clock });
    const [user = '', password = ''] = skopeo.credentials.split(':');
    const login = (secret: string) =>
      skopeo.run('login', '--tls-verify=false', '-u', user, '-p', secret, skopeo.host);
    expect(await login('wrong')).toMatchObject({ code: 1 });
    expect(await login(password)).toEqual({ code: 0, output: 'Login Succeeded!\n' });
    clock.advance(12 * 3600 * 1000);
    const source = `${writeOciLayout({ v1: await packProgram('1') })}:v1`;
    expect(await skopeo.push(source, IMAGE)).toMatchObject({ code: 1 });
    expect(region.ecr.repositories.all()).toMatchObject([{ images: [] }]);
    const freshSkopeo = await skopeoFor(await skopeoScene());
    expect(await freshSkopeo.push(source, IMAGE)).toEqual(succeeded);
  });
});

test('tags are listed, and deleting an image removes it from ECR', async () => {
  const { skopeo, ecr } = await skopeoScene();
  const layout = writeOciLayout({ v1: await packProgram('1'), v2: await packProgram('2') });
  for (const tag of ['v1', 'v2'])
    expect(await skopeo.push(`${layout}:${tag}`, `${repositoryName}:${tag}`)).toEqual(succeeded);
  const listed = await skopeo.on('list-tags', repositoryName);
  expect(JSON.parse(listed.output)).toMatchObject({ Tags: ['v1', 'v2'] });
  expect(await skopeo.on('delete', IMAGE)).toEqual(succeeded);
  const { imageDetails } = await ecr.send(new DescribeImagesCommand({ repositoryName }));
  expect(imageDetails).toMatchObject([{ imageTags: ['v2'] }]);
  expect(await skopeo.on('inspect', IMAGE)).toMatchObject({
    code: 1,
    output: expect.stringContaining('manifest unknown'),
  });
});

test('an index is copied with all its images, in both directions', async () => {
  const { skopeo, region } = await skopeoScene();
  const images = { amd64: await packProgram('1'), arm64: await packProgram('2') };
  expect(await skopeo.push(writeOciIndex('v1', images), IMAGE, ['--all'])).toEqual(succeeded);
  const [repository] = region.ecr.repositories.all();
  expect(repository?.images.map(({ tags, digest }) => tags[0] ?? digest).sort()).toEqual(
    [images.amd64.digest, images.arm64.digest, 'v1'].sort(),
  );
  const folder = makeFolder();
  expect(await skopeo.pull(IMAGE, `dir:${folder}`, ['--all'])).toEqual(succeeded);
  const index = readFileSync(join(folder, 'manifest.json'));
  expect(repository?.images.find(({ tags }) => tags.length > 0)?.digest).toBe(digestOf(index));
});

test("an image in Docker's format is pushed and pulled", async () => {
  const { skopeo, ecr } = await skopeoScene();
  const source = `${writeOciLayout({ v1: await packProgram('1') })}:v1`;
  expect(await skopeo.push(source, IMAGE, ['--format', 'v2s2'])).toEqual(succeeded);
  const { imageDetails } = await ecr.send(new DescribeImagesCommand({ repositoryName }));
  expect(imageDetails).toMatchObject([
    { imageManifestMediaType: 'application/vnd.docker.distribution.manifest.v2+json' },
  ]);
  expect(await skopeo.pull(IMAGE, `dir:${makeFolder()}`)).toEqual(succeeded);
});

test('skopeo shows the refusals of ECR: an immutable tag, and an unknown repository', async () => {
  const { skopeo, ecr } = await skopeoScene();
  const layout = writeOciLayout({ v1: await packProgram('1'), v2: await packProgram('2') });
  await ecr.send(new PutImageTagMutabilityCommand({ repositoryName, imageTagMutability: 'IMMUTABLE' }));
  expect(await skopeo.push(`${layout}:v1`, IMAGE)).toEqual(succeeded);
  expect(await skopeo.push(`${layout}:v2`, IMAGE)).toMatchObject({
    code: 1,
    output: expect.stringContaining('cannot be overwritten because the tag is immutable'),
  });
  expect(await skopeo.push(`${layout}:v1`, 'gone:v1')).toMatchObject({
    code: 1,
    output: expect.stringContaining("The repository with name 'gone' does not exist"),
  });
});

test.each([
  ['mounted from another repository if the account allows it', 'ENABLED', ['config']],
  ['uploaded again if the account does not allow it', 'DISABLED', ['config', 'layer']],
])('layers are %s', async (_, value, uploads) => {
  const { skopeo, ecr, journal } = await skopeoScene();
  await makeRepository(ecr, 'copies');
  await ecr.send(new PutAccountSettingCommand({ name: 'BLOB_MOUNTING', value }));
  const source = `${writeOciLayout({ v1: await packProgram('1') })}:v1`;
  expect(await skopeo.push(source, IMAGE)).toEqual(succeeded);
  const before = journal.entries().length;
  expect(await skopeo.push(source, 'copies:v1')).toEqual(succeeded);
  const operations = journal
    .entries()
    .slice(before)
    .map(({ operation }) => operation);
  expect(operations.filter((operation) => operation === 'UploadLayerPart')).toHaveLength(uploads.length);
  expect(operations).toContain('PutImage');
});

test('the registry is also at 127.0.0.1, for tools that cannot resolve its name', async () => {
  const { skopeo, port } = await skopeoScene();
  expect(await skopeo.push(`${writeOciLayout({ v1: await packProgram('1') })}:v1`, IMAGE)).toEqual(succeeded);
  const credentials = ['--tls-verify=false', '--creds', skopeo.credentials];
  const inspected = await skopeo.run('inspect', ...credentials, `docker://127.0.0.1:${port}/${IMAGE}`);
  expect(inspected).toEqual(succeeded);
});
