// The step for the repositories: the calls that it makes in each case, and how it looks for repositories.
import {
  CreateRepositoryCommand,
  DescribeRepositoriesCommand,
  GetLifecyclePolicyCommand,
  ListTagsForResourceCommand,
  PutImageScanningConfigurationCommand,
  PutImageTagMutabilityCommand,
  PutLifecyclePolicyCommand,
  TagResourceCommand,
  type Repository,
} from '@aws-sdk/client-ecr';
import { describe, expect, test } from '@jest/globals';
import { lookRepositories } from '../../../../lib/look/repositories.ts';
import { toPascalCaseTags, type Tags } from '../../../../lib/derive/tags.ts';
import { lifecyclePolicy, repositories } from '../../../../provision/steps/repositories.ts';
import {
  ACCOUNT,
  awsError,
  config,
  mocks,
  ourTags,
  provisionStep,
  lookContextOf,
  sentCalls,
} from '../../step-harness.ts';

const REGISTRY = `${ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com`;
const nameOf = (key: string) => `shop-dev/${key}`;
const uriOf = (key: string) => `${REGISTRY}/shop-dev/${key}`;
const arnOf = (name: string) => `arn:aws:ecr:eu-west-1:${ACCOUNT}:repository/${name}`;
const foreignTags: Tags = { 'slipway:stack': 'other-dev' };

const foundRepository = (key: string) => ({
  repositoryName: nameOf(key),
  repositoryUri: uriOf(key),
  scanOnPush: true,
  mutability: 'IMMUTABLE',
  lifecyclePolicy,
  tags: ourTags('repositories', key),
});
const bothRepositories = { 'web-api1': foundRepository('web-api1'), 'web-api2': foundRepository('web-api2') };

/** A repository as AWS lists it, by default with the settings that the step applies. */
const listedRepository = (name: string, changes: Partial<Repository> = {}): Repository => ({
  repositoryName: name,
  repositoryArn: arnOf(name),
  repositoryUri: `${REGISTRY}/${name}`,
  imageTagMutability: 'IMMUTABLE',
  imageScanningConfiguration: { scanOnPush: true },
  ...changes,
});

/** Lets AWS return these repositories with their tags. */
function mockRepositories(
  tagsByName: Readonly<Record<string, Tags>>,
  changes: Partial<Repository> = {},
): void {
  const all = Object.keys(tagsByName).map((name) => listedRepository(name, changes));
  mocks.ecr.on(DescribeRepositoriesCommand).resolves({ repositories: all });
  mocks.ecr.on(GetLifecyclePolicyCommand).resolves({ lifecyclePolicyText: lifecyclePolicy });
  for (const [name, tags] of Object.entries(tagsByName)) {
    mocks.ecr
      .on(ListTagsForResourceCommand, { resourceArn: arnOf(name) })
      .resolves({ tags: toPascalCaseTags(tags) });
  }
}

function mockCreate(): void {
  mocks.ecr.on(CreateRepositoryCommand).callsFake(({ repositoryName }: { repositoryName: string }) => ({
    repository: listedRepository(repositoryName),
  }));
  mocks.ecr.on(PutLifecyclePolicyCommand).resolves({});
}

test('creates when missing', async () => {
  mockCreate();
  const { shortChanges, ids } = await provisionStep(repositories, { noun: 'repositories' });
  expect(shortChanges).toEqual([
    ['create', 'web-api1'],
    ['create', 'web-api2'],
  ]);
  expect(ids).toEqual({
    'web-api1': { repositoryName: nameOf('web-api1'), repositoryUri: uriOf('web-api1') },
    'web-api2': { repositoryName: nameOf('web-api2'), repositoryUri: uriOf('web-api2') },
  });
  expect(sentCalls().slice(0, 2)).toEqual([
    {
      command: 'CreateRepository',
      input: {
        repositoryName: 'shop-dev/web-api1',
        imageTagMutability: 'IMMUTABLE',
        imageScanningConfiguration: { scanOnPush: true },
        tags: toPascalCaseTags(ourTags('repositories', 'web-api1')),
      },
    },
    {
      command: 'PutLifecyclePolicy',
      input: { repositoryName: 'shop-dev/web-api1', lifecyclePolicyText: lifecyclePolicy },
    },
  ]);
  expect(sentCalls()).toHaveLength(4);
});

test('creates when missing: if the response to an earlier create was lost, our repository is found by name and tags, and completed', async () => {
  mockRepositories({ [nameOf('web-api1')]: ourTags('repositories', 'web-api1') });
  mockCreate();
  mocks.ecr.on(CreateRepositoryCommand).rejects(awsError('RepositoryAlreadyExistsException'));
  const { ids } = await provisionStep(repositories, {
    noun: 'repositories',
    found: { repositories: { 'web-api2': bothRepositories['web-api2'] } },
  });
  expect(ids).toEqual({
    'web-api1': { repositoryName: nameOf('web-api1'), repositoryUri: uriOf('web-api1') },
  });
  expect(sentCalls().filter(({ command }) => command === 'PutLifecyclePolicy')).toHaveLength(1);
});

test('creates when missing: a container that refers to an existing image has no repository', async () => {
  const base = config();
  const services = base.services.map((service) => ({
    ...service,
    containers: service.containers.map((container) => ({ ...container, image: { reference: 'nginx:1' } })),
  }));
  const scenario = { noun: 'repositories' as const, config: { ...base, services } };
  expect((await provisionStep(repositories, scenario)).shortChanges).toEqual([]);
  const scenarioWithLeftovers = { ...scenario, found: { repositories: bothRepositories } };
  expect((await provisionStep(repositories, scenarioWithLeftovers)).shortChanges).toEqual([
    ['remove', 'web-api1'],
    ['remove', 'web-api2'],
  ]);
});

test('adopts when present', async () => {
  const { shortChanges } = await provisionStep(repositories, {
    noun: 'repositories',
    found: { repositories: bothRepositories },
  });
  expect(shortChanges).toEqual([]);
  expect(sentCalls()).toEqual([]);
});

test('repairs drift', async () => {
  mocks.ecr.on(PutLifecyclePolicyCommand).resolves({});
  mocks.ecr.on(PutImageScanningConfigurationCommand).resolves({});
  mocks.ecr.on(PutImageTagMutabilityCommand).resolves({});
  mocks.ecr.on(TagResourceCommand).resolves({});
  const tags = ourTags('repositories', 'web-api1');
  const drifted = {
    ...foundRepository('web-api1'),
    scanOnPush: false,
    mutability: 'MUTABLE',
    lifecyclePolicy: '',
    tags: { ...tags, Name: 'other' },
  };
  const { shortChanges } = await provisionStep(repositories, {
    noun: 'repositories',
    found: { repositories: { ...bothRepositories, 'web-api1': drifted } },
  });
  expect(shortChanges).toEqual([
    ['update', 'web-api1', 'scan on push', 'tag mutability', 'lifecycle policy', 'tag.Name'],
  ]);
  const repositoryName = nameOf('web-api1');
  expect(sentCalls()).toEqual([
    { command: 'PutLifecyclePolicy', input: { repositoryName, lifecyclePolicyText: lifecyclePolicy } },
    {
      command: 'PutImageScanningConfiguration',
      input: { repositoryName, imageScanningConfiguration: { scanOnPush: true } },
    },
    { command: 'PutImageTagMutability', input: { repositoryName, imageTagMutability: 'IMMUTABLE' } },
    { command: 'TagResource', input: { resourceArn: arnOf(repositoryName), tags: toPascalCaseTags(tags) } },
  ]);
});

test('repairs drift: only settings that differ are sent', async () => {
  mocks.ecr.on(PutImageTagMutabilityCommand).resolves({});
  const { ids } = await provisionStep(repositories, {
    noun: 'repositories',
    found: {
      repositories: {
        ...bothRepositories,
        'web-api2': { ...foundRepository('web-api2'), mutability: 'MUTABLE' },
      },
    },
  });
  expect(sentCalls().map(({ command }) => command)).toEqual(['PutImageTagMutability']);
  expect(ids).toEqual({
    'web-api2': { repositoryName: nameOf('web-api2'), repositoryUri: uriOf('web-api2') },
  });
});

test('throws the error when AWS refuses a call', async () => {
  mocks.ecr
    .on(CreateRepositoryCommand)
    .rejects(awsError('LimitExceededException', 'The repository quota is reached.'));
  await expect(provisionStep(repositories, { noun: 'repositories' })).rejects.toMatchObject({
    message: 'The repository quota is reached.',
  });
});

test('explains refusal: a foreign repository is refused in the plan, and nothing is sent', async () => {
  const scenario = {
    noun: 'repositories' as const,
    found: {
      repositories: {
        ...bothRepositories,
        'web-api1': { ...foundRepository('web-api1'), tags: foreignTags },
      },
    },
  };
  const { changes } = await provisionStep(repositories, scenario);
  expect(changes).toMatchObject([
    { verb: 'refused', key: 'web-api1', reason: 'it belongs to the stack other-dev' },
  ]);
  expect(sentCalls()).toEqual([]);
});

test('throws the error when AWS refuses a call: a repository that someone else created after the survey is not adopted', async () => {
  mockRepositories({ [nameOf('web-api1')]: {} });
  mocks.ecr
    .on(CreateRepositoryCommand)
    .rejects(awsError('RepositoryAlreadyExistsException', 'The repository already exists.'));
  await expect(provisionStep(repositories, { noun: 'repositories' })).rejects.toMatchObject({
    message: 'The repository already exists.',
  });
  expect(sentCalls().map(({ command }) => command)).not.toContain('PutLifecyclePolicy');
});

describe('the look', () => {
  test("the look returns the repositories whose names start with the stack's name, from all pages", async () => {
    const ours = ourTags('repositories', 'web-api1');
    mockRepositories({ [nameOf('web-api1')]: ours, [nameOf('web-api2')]: foreignTags });
    const others = [
      listedRepository('shop-dev-2/web-api1'),
      listedRepository('shop'),
      listedRepository('other/shop-dev/web-api1'),
    ];
    mocks.ecr
      .on(DescribeRepositoriesCommand)
      .resolvesOnce({ repositories: [...others, listedRepository(nameOf('web-api1'))], nextToken: 'more' })
      .resolves({ repositories: [listedRepository(nameOf('web-api2'), { imageTagMutability: 'MUTABLE' })] });
    const items = await lookRepositories(lookContextOf());
    expect(Object.fromEntries(items)).toEqual({
      'web-api1': foundRepository('web-api1'),
      'web-api2': { ...foundRepository('web-api2'), mutability: 'MUTABLE', tags: foreignTags },
    });
    const pages = sentCalls().filter(({ command }) => command === 'DescribeRepositories');
    expect(pages.map(({ input }) => (input as { nextToken?: string }).nextToken)).toEqual([
      undefined,
      'more',
    ]);
  });

  test('the look returns an empty string for a missing lifecycle policy, and ignores the order of keys in a policy', async () => {
    mockRepositories({ [nameOf('web-api1')]: ourTags('repositories', 'web-api1') });
    const shuffled = JSON.stringify(
      Object.fromEntries(Object.entries(JSON.parse(lifecyclePolicy) as object).reverse()),
    );
    mocks.ecr
      .on(GetLifecyclePolicyCommand)
      .rejectsOnce(awsError('LifecyclePolicyNotFoundException'))
      .resolves({ lifecyclePolicyText: shuffled });
    expect((await lookRepositories(lookContextOf())).get('web-api1')?.lifecyclePolicy).toBe('');
    expect((await lookRepositories(lookContextOf())).get('web-api1')?.lifecyclePolicy).toBe(lifecyclePolicy);
  });

  test('the look leaves out a repository that is deleted meanwhile', async () => {
    mockRepositories({ [nameOf('web-api1')]: ourTags('repositories', 'web-api1'), [nameOf('web-api2')]: {} });
    mocks.ecr.on(GetLifecyclePolicyCommand).rejects(awsError('RepositoryNotFoundException'));
    mocks.ecr
      .on(ListTagsForResourceCommand, { resourceArn: arnOf(nameOf('web-api2')) })
      .rejects(awsError('RepositoryNotFoundException'));
    expect([...(await lookRepositories(lookContextOf())).keys()]).toEqual(['web-api1']);
  });

  test('concurrent callers in one survey share a single look', async () => {
    mockRepositories({});
    const context = lookContextOf();
    await Promise.all([lookRepositories(context), lookRepositories(context)]);
    expect(sentCalls()).toHaveLength(1);
  });

  const denied = awsError('AccessDeniedException', 'denied');
  test.each<[string, () => unknown]>([
    ['DescribeRepositories', () => mocks.ecr.on(DescribeRepositoriesCommand).rejects(denied)],
    ['GetLifecyclePolicy', () => mocks.ecr.on(GetLifecyclePolicyCommand).rejects(denied)],
    [
      'ListTagsForResource',
      () =>
        mocks.ecr.on(ListTagsForResourceCommand, { resourceArn: arnOf('shop-dev/web-api1') }).rejects(denied),
    ],
  ])(
    'the look fails if %s is denied, instead of reporting repositories as missing',
    async (_command, deny) => {
      mockRepositories({ [nameOf('web-api1')]: {} });
      deny();
      await expect(lookRepositories(lookContextOf())).rejects.toThrow('denied');
    },
  );
});
