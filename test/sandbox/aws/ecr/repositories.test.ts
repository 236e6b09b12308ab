// The sandbox's ECR repositories, through the SDK's client.
import {
  DeleteRepositoryCommand,
  DescribeRepositoriesCommand,
  ListTagsForResourceCommand,
  PutImageScanningConfigurationCommand,
  PutImageTagMutabilityCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-ecr';
import { expect, test } from '@jest/globals';
import { refusalOf, sandbox } from '../../harness.ts';
import { makeRepository, pushImage } from './pushing.ts';

const ARN = 'arn:aws:ecr:eu-west-1:000000000000:repository/team/api1';

test('a repository is created with its settings and described unchanged', async () => {
  const { ecr } = await sandbox();
  const made = await makeRepository(ecr, 'team/api1', {
    imageScanningConfiguration: { scanOnPush: true },
    imageTagMutability: 'IMMUTABLE',
  });
  expect(made.repository).toMatchObject({
    repositoryArn: ARN,
    registryId: '000000000000',
    repositoryName: 'team/api1',
    repositoryUri: '000000000000.dkr.ecr.eu-west-1.amazonaws.com/team/api1',
    imageTagMutability: 'IMMUTABLE',
    imageScanningConfiguration: { scanOnPush: true },
    encryptionConfiguration: { encryptionType: 'AES256' },
  });
  const { repositories } = await ecr.send(
    new DescribeRepositoriesCommand({ repositoryNames: ['team/api1'] }),
  );
  expect(repositories).toEqual([made.repository]);
});

test('creating a repository under an existing name is refused, even with the same settings', async () => {
  const { ecr } = await sandbox();
  await makeRepository(ecr, 'api1');
  expect(await refusalOf(makeRepository(ecr, 'api1'))).toEqual({
    code: 'RepositoryAlreadyExistsException',
    message: "The repository with name 'api1' already exists in the registry with id '000000000000'",
  });
});

test.each(['a', 'Api1', '-api1', 'api1/', 'a..b', 'a'.repeat(257)])(
  'the repository name "%s" is refused',
  async (name) => {
    const { ecr } = await sandbox();
    expect(await refusalOf(makeRepository(ecr, name))).toMatchObject({
      code: 'InvalidParameterException',
      message: expect.stringContaining("Invalid parameter at 'repositoryName'"),
    });
  },
);

test.each(['ab', 'a.b', 'a_b', 'a__b', 'a---b', 'a/b/c', '1/2'])(
  'the repository name "%s" is accepted',
  async (name) => {
    const { ecr } = await sandbox();
    expect((await makeRepository(ecr, name)).repository?.repositoryName).toBe(name);
  },
);

test('repository settings that the sandbox lacks are refused instead of ignored', async () => {
  const { ecr } = await sandbox();
  const kms = makeRepository(ecr, 'api1', { encryptionConfiguration: { encryptionType: 'KMS' } });
  expect(await refusalOf(kms)).toMatchObject({ code: 'NotImplemented' });
  const otherRegistry = makeRepository(ecr, 'api1', { registryId: '111111111111' });
  expect(await refusalOf(otherRegistry)).toMatchObject({ code: 'NotImplemented' });
  const key = makeRepository(ecr, 'api1', {
    encryptionConfiguration: { encryptionType: 'AES256', kmsKey: 'alias/one' },
  });
  expect(await refusalOf(key)).toMatchObject({ code: 'InvalidParameterException' });
});

test('a describe call is refused if one of its repositories is unknown', async () => {
  const { ecr } = await sandbox();
  await makeRepository(ecr, 'api1');
  const command = new DescribeRepositoriesCommand({ repositoryNames: ['api1', 'api2'] });
  expect(await refusalOf(ecr.send(command))).toEqual({
    code: 'RepositoryNotFoundException',
    message: "The repository with name 'api2' does not exist in the registry with id '000000000000'",
  });
});

test('repositories are listed page by page', async () => {
  const { ecr } = await sandbox();
  for (const name of ['api1', 'api2', 'api3']) await makeRepository(ecr, name);
  const list = (nextToken?: string) =>
    ecr.send(new DescribeRepositoriesCommand({ maxResults: 2, nextToken }));
  const first = await list();
  const second = await list(first.nextToken);
  const names = [first, second].map(({ repositories = [] }) =>
    repositories.map(({ repositoryName }) => repositoryName),
  );
  expect(names).toEqual([['api1', 'api2'], ['api3']]);
  expect(second.nextToken).toBeUndefined();
  expect(await refusalOf(list('bogus'))).toMatchObject({ code: 'InvalidParameterException' });
  const tooMany = ecr.send(new DescribeRepositoriesCommand({ maxResults: 1001 }));
  expect(await refusalOf(tooMany)).toMatchObject({ code: 'InvalidParameterException' });
});

test('the registry of another account is empty', async () => {
  const { ecr } = await sandbox();
  await makeRepository(ecr, 'api1');
  const registryId = '111111111111';
  expect((await ecr.send(new DescribeRepositoriesCommand({ registryId }))).repositories).toEqual([]);
  const named = new DescribeRepositoriesCommand({ registryId, repositoryNames: ['api1'] });
  expect(await refusalOf(ecr.send(named))).toMatchObject({ code: 'RepositoryNotFoundException' });
});

test('a repository with images can only be deleted by force, and its deletion frees the bytes of the images', async () => {
  const { ecr, region } = await sandbox();
  await makeRepository(ecr, 'api1');
  await pushImage(ecr, 'api1', '{}', ['layer'], 'v1');
  const key = `eu-west-1/${region.ecr.repositories.get('api1')?.layers[0]?.digest}`;
  expect(region.blobs.has(key)).toBe(true);
  expect(await refusalOf(ecr.send(new DeleteRepositoryCommand({ repositoryName: 'api1' })))).toEqual({
    code: 'RepositoryNotEmptyException',
    message:
      "The repository with name 'api1' in registry with id '000000000000' cannot be deleted because it still contains images",
  });
  const { repository } = await ecr.send(new DeleteRepositoryCommand({ repositoryName: 'api1', force: true }));
  expect(repository?.repositoryName).toBe('api1');
  expect(region.blobs.has(key)).toBe(false);
  const again = ecr.send(new DeleteRepositoryCommand({ repositoryName: 'api1' }));
  expect(await refusalOf(again)).toMatchObject({ code: 'RepositoryNotFoundException' });
});

test('the scanning and tag mutability settings can be changed', async () => {
  const { ecr } = await sandbox();
  await makeRepository(ecr, 'api1');
  const repositoryName = 'api1';
  await ecr.send(
    new PutImageScanningConfigurationCommand({
      repositoryName,
      imageScanningConfiguration: { scanOnPush: true },
    }),
  );
  const filters = [{ filter: 'latest*', filterType: 'WILDCARD' as const }];
  await ecr.send(
    new PutImageTagMutabilityCommand({
      repositoryName,
      imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
      imageTagMutabilityExclusionFilters: filters,
    }),
  );
  const { repositories } = await ecr.send(new DescribeRepositoriesCommand({}));
  expect(repositories).toMatchObject([
    {
      imageScanningConfiguration: { scanOnPush: true },
      imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
      imageTagMutabilityExclusionFilters: filters,
    },
  ]);
});

test.each([
  ['no filters in a mode that requires them', 'MUTABLE_WITH_EXCLUSION', undefined],
  ['filters in a mode that allows no filters', 'MUTABLE', ['a*']],
  ['a filter with three wildcards', 'MUTABLE_WITH_EXCLUSION', ['*a*b*']],
  ['six filters', 'MUTABLE_WITH_EXCLUSION', ['a', 'b', 'c', 'd', 'e', 'f']],
  ['an unknown mode', 'SOMETIMES', undefined],
])('tag mutability with %s is refused', async (_what, mode, filters) => {
  const { ecr } = await sandbox();
  const call = makeRepository(ecr, 'api1', {
    imageTagMutability: mode as 'MUTABLE',
    imageTagMutabilityExclusionFilters: filters?.map((filter) => ({ filter, filterType: 'WILDCARD' })),
  });
  expect(await refusalOf(call)).toMatchObject({ code: 'InvalidParameterException' });
});

test('tags can be set by the create call, upserted by ARN and removed by key', async () => {
  const { ecr } = await sandbox();
  await makeRepository(ecr, 'team/api1', { tags: [{ Key: 'one', Value: '1' }] });
  await ecr.send(
    new TagResourceCommand({
      resourceArn: ARN,
      tags: [
        { Key: 'one', Value: 'I' },
        { Key: 'two', Value: 'II' },
      ],
    }),
  );
  const tags = async () => (await ecr.send(new ListTagsForResourceCommand({ resourceArn: ARN }))).tags;
  expect(await tags()).toEqual([
    { Key: 'one', Value: 'I' },
    { Key: 'two', Value: 'II' },
  ]);
  await ecr.send(new UntagResourceCommand({ resourceArn: ARN, tagKeys: ['one'] }));
  expect(await tags()).toEqual([{ Key: 'two', Value: 'II' }]);
});

test('reserved tag keys, long tag keys and too many tags are refused', async () => {
  const { ecr } = await sandbox();
  const withTags = (keys: string[]) =>
    makeRepository(ecr, 'api1', { tags: keys.map((Key) => ({ Key, Value: '' })) });
  expect(await refusalOf(withTags(['aws:one']))).toMatchObject({ code: 'InvalidTagParameterException' });
  expect(await refusalOf(withTags(['k'.repeat(129)]))).toMatchObject({
    code: 'InvalidTagParameterException',
  });
  const tooMany = Array.from({ length: 51 }, (_, index) => `key${index}`);
  expect(await refusalOf(withTags(tooMany))).toMatchObject({ code: 'TooManyTagsException' });
});

test("an ARN that does not name one of the region's repositories is refused", async () => {
  const { ecr } = await sandbox();
  const list = (resourceArn: string) => refusalOf(ecr.send(new ListTagsForResourceCommand({ resourceArn })));
  expect(await list('arn:aws:ecr:us-east-1:000000000000:repository/api1')).toEqual({
    code: 'InvalidParameterException',
    message: "Invalid parameter at 'resourceArn' failed to satisfy constraint: 'Invalid ARN'",
  });
  expect(await list(ARN)).toMatchObject({ code: 'RepositoryNotFoundException' });
});
