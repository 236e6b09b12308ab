// Pulling images from the sandbox's ECR, as the sandbox's ECS does when it starts a task.
import { BatchDeleteImageCommand, DescribeImagesCommand, PutImageCommand } from '@aws-sdk/client-ecr';
import { expect, test } from '@jest/globals';
import { pullImage } from '../../../../sandbox/aws/ecr/pull.ts';
import { sandbox } from '../../harness.ts';
import { digestOf, indexManifestOf, makeRepository, manifestOf, pushImage } from './pushing.ts';

const REGISTRY = '000000000000.dkr.ecr.eu-west-1.amazonaws.com';
const repositoryName = 'team/api1';
const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

async function imageScene() {
  const started = await sandbox();
  await makeRepository(started.ecr, repositoryName);
  const digest = await pushImage(started.ecr, repositoryName, '{"config":{}}', ['lower', 'upper'], 'v1');
  return { ...started, digest };
}

test.each([
  ['a tag', () => ':v1'],
  ['a digest', (digest: string) => `@${digest}`],
  ['a tag and a digest, with the digest taking precedence', (digest: string) => `:gone@${digest}`],
])('an image is pulled by %s', async (_what, suffix) => {
  const { region, digest } = await imageScene();
  const pulled = pullImage(region, `${REGISTRY}/${repositoryName}${suffix(digest)}`);
  expect(pulled.digest).toBe(digest);
  expect(textOf(pulled.config)).toBe('{"config":{}}');
  expect(pulled.layers.map(textOf)).toEqual(['lower', 'upper']);
});

test('an image can also be pulled from the host name below .localhost that the registry has, with any port', async () => {
  const { region, digest, port } = await imageScene();
  const host = '000000000000.dkr.ecr.eu-west-1.amazonaws.localhost';
  for (const registry of [host, `${host}:${port}`, `${host}:1`]) {
    expect(pullImage(region, `${registry}/${repositoryName}:v1`).digest).toBe(digest);
    expect(pullImage(region, `${registry}/${repositoryName}@${digest}`).digest).toBe(digest);
  }
});

test('a reference without tag or digest means the tag "latest"', async () => {
  const { region, ecr, digest } = await imageScene();
  const reference = `${REGISTRY}/${repositoryName}`;
  expect(() => pullImage(region, reference)).toThrow(': not found');
  const imageManifest = manifestOf('{"config":{}}', ['lower', 'upper']);
  await ecr.send(new PutImageCommand({ repositoryName, imageManifest, imageTag: 'latest' }));
  expect(pullImage(region, reference).digest).toBe(digest);
});

test("pulling an index yields the image for the task's platform", async () => {
  const { region, ecr, digest } = await imageScene();
  const armDigest = await pushImage(ecr, repositoryName, '{"config":{"User":"arm"}}', ['lower']);
  const both = indexManifestOf({ amd64: digest, arm64: armDigest });
  await ecr.send(new PutImageCommand({ repositoryName, imageManifest: both, imageTag: 'both' }));
  expect(pullImage(region, `${REGISTRY}/${repositoryName}:both`).digest).toBe(digest);
  expect(pullImage(region, `${REGISTRY}/${repositoryName}:both`, 'arm64').digest).toBe(armDigest);
  const armOnly = indexManifestOf({ arm64: armDigest });
  await ecr.send(new PutImageCommand({ repositoryName, imageManifest: armOnly, imageTag: 'arm' }));
  expect(() => pullImage(region, `${REGISTRY}/${repositoryName}:arm`)).toThrow(
    "CannotPullContainerError: pull image manifest has been retried 1 time(s): image Manifest does not contain descriptor matching platform 'linux/amd64'",
  );
});

test('an unknown repository, tag or digest cannot be pulled', async () => {
  const { region } = await imageScene();
  const pullErrorPrefix =
    'CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref';
  const unknownReference = `${REGISTRY}/gone:v1`;
  expect(() => pullImage(region, unknownReference)).toThrow(
    `${pullErrorPrefix} ${unknownReference}: ${unknownReference}: name unknown: The repository with name 'gone' does not exist in the registry with id '000000000000'`,
  );
  for (const suffix of [':v2', `@${digestOf('gone')}`]) {
    const reference = `${REGISTRY}/${repositoryName}${suffix}`;
    expect(() => pullImage(region, reference)).toThrow(
      `${pullErrorPrefix} ${reference}: ${reference}: not found`,
    );
  }
});

test.each([
  'nginx',
  'library/nginx:latest',
  'public.ecr.aws/nginx/nginx:latest',
  'localhost:5000/api1',
  `111111111111.dkr.ecr.eu-west-1.amazonaws.com/${repositoryName}:v1`,
  `000000000000.dkr.ecr.us-east-1.amazonaws.com/${repositoryName}:v1`,
  `000000000000.dkr.ecr.us-east-1.amazonaws.localhost/${repositoryName}:v1`,
  `111111111111.dkr.ecr.eu-west-1.amazonaws.localhost:4566/${repositoryName}:v1`,
])("pulling %s is refused because it is not in the sandbox's own registry", async (reference) => {
  const { region } = await imageScene();
  expect(() => pullImage(region, reference)).toThrow(
    `failed to resolve ref ${reference}: the sandbox pulls from its own ECR only, which is ${REGISTRY}`,
  );
});

test('an image records when it was last pulled, and cannot be pulled after its deletion', async () => {
  const { region, ecr } = await imageScene();
  const reference = `${REGISTRY}/${repositoryName}:v1`;
  const pulledAt = async () =>
    (await ecr.send(new DescribeImagesCommand({ repositoryName }))).imageDetails?.[0]?.lastRecordedPullTime;
  expect(await pulledAt()).toBeUndefined();
  pullImage(region, reference);
  expect(await pulledAt()).toBeInstanceOf(Date);
  await ecr.send(new BatchDeleteImageCommand({ repositoryName, imageIds: [{ imageTag: 'v1' }] }));
  expect(() => pullImage(region, reference)).toThrow(': not found');
});
