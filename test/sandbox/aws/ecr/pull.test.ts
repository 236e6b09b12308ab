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
  expect(pulled.layers.map((layer) => textOf(layer.read()))).toEqual(['lower', 'upper']);
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
    "CannotPullContainerError: pull image manifest has been retried 7 time(s): image Manifest does not contain descriptor matching platform 'linux/amd64'",
  );
});

test('an unknown repository, tag or digest cannot be pulled', async () => {
  const { region } = await imageScene();
  const pullErrorPrefix =
    'CannotPullContainerError: pull image manifest has been retried 7 time(s): failed to resolve ref';
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

const NOTE = `(sandbox: it pulls from its own ECR only, ${REGISTRY})`;
const DENIED =
  'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed';

test.each([
  ['nginx', 7, `docker.io/library/nginx:latest: ${DENIED}`],
  ['library/nginx:1', 7, `docker.io/library/nginx:1: ${DENIED}`],
  ['docker.io/acme/private:2', 7, `docker.io/acme/private:2: ${DENIED}`],
  ['public.ecr.aws/nginx/nginx', 7, `public.ecr.aws/nginx/nginx:latest: ${DENIED}`],
  [
    'localhost:5000/api1',
    7,
    'localhost:5000/api1:latest: failed to do request: Head "https://localhost:5000/v2/api1/manifests/latest": dial tcp 127.0.0.1:5000: connect: connection refused',
  ],
  [
    'registry.exmaple.com/api1:v1',
    7,
    'registry.exmaple.com/api1:v1: failed to do request: Head "https://registry.exmaple.com/v2/api1/manifests/v1": dial tcp: lookup registry.exmaple.com on 10.0.0.2:53: no such host',
  ],
  ...[
    '111111111111.dkr.ecr.eu-west-1.amazonaws.com',
    '000000000000.dkr.ecr.us-east-1.amazonaws.com',
    '000000000000.dkr.ecr.us-east-1.amazonaws.localhost',
    '111111111111.dkr.ecr.eu-west-1.amazonaws.localhost:4566',
  ].map(
    (host) =>
      [
        `${host}/${repositoryName}:v1`,
        1,
        `${host}/${repositoryName}:v1: pulling from host ${host} failed with status code [manifests v1]: 403 Forbidden`,
      ] as const,
  ),
])(
  "pulling %s fails with ECS's text, since it is not in the sandbox's own registry",
  async (reference, retries, text) => {
    const { region } = await imageScene();
    expect(() => pullImage(region, reference)).toThrow(
      `CannotPullContainerError: pull image manifest has been retried ${retries} time(s): failed to resolve ref ${text} ${NOTE}`,
    );
  },
);

test('without a route to the internet, a pull times out', async () => {
  const { region } = await imageScene();
  const network = { hasRoute: false, resolver: '10.0.0.2' };
  expect(() => pullImage(region, 'nginx:1', 'amd64', { network })).toThrow(
    'failed to resolve ref docker.io/library/nginx:1: failed to do request: Head "https://registry-1.docker.io/v2/library/nginx/manifests/1": dial tcp 52.94.0.1:443: i/o timeout',
  );
});

test.each([
  [
    'ecr:BatchGetImage',
    `pull image manifest has been retried 1 time(s): failed to resolve ref ${REGISTRY}/${repositoryName}:v1: pulling from host ${REGISTRY} failed with status code [manifests v1]: 403 Forbidden`,
  ],
  [
    'ecr:GetDownloadUrlForLayer',
    'ref pull has been retried 1 time(s): failed to copy: httpReadSeeker: failed open',
  ],
])('an image cannot be pulled without %s on its repository', async (denied, text) => {
  const { region } = await imageScene();
  const arn = `arn:aws:ecr:eu-west-1:000000000000:repository/${repositoryName}`;
  const denial = (action: string, resource: string) =>
    action === denied && resource === arn ? 'denied' : undefined;
  expect(() => pullImage(region, `${REGISTRY}/${repositoryName}:v1`, 'amd64', { denial })).toThrow(
    `CannotPullContainerError: ${text}`,
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
