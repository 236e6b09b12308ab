// Lifecycle policies of the sandbox's ECR: their validation, and the images that they expire.
import {
  DeleteLifecyclePolicyCommand,
  DeleteRepositoryCommand,
  GetLifecyclePolicyCommand,
  ListImagesCommand,
  PutImageCommand,
  PutLifecyclePolicyCommand,
  type ECRClient,
} from '@aws-sdk/client-ecr';
import { expect, test } from '@jest/globals';
import { manualClock } from '../../../../sandbox/world/clock.ts';
import { refusalOf, sandbox } from '../../harness.ts';
import { indexManifestOf, makeRepository, pushImage } from './pushing.ts';

const repositoryName = 'api1';
const HOUR = 3_600_000;

const ruleFor = (selection: object) => ({
  rulePriority: 1,
  description: 'keep the newest',
  selection,
  action: { type: 'expire' },
});
const keepNewest = (count: number, rest: object = { tagStatus: 'any' }) =>
  ruleFor({ countType: 'imageCountMoreThan', countNumber: count, ...rest });
const expireAfterDays = (days: number, rest: object = { tagStatus: 'untagged' }) =>
  ruleFor({ countType: 'sinceImagePushed', countUnit: 'days', countNumber: days, ...rest });
const policy = (...rules: object[]) => JSON.stringify({ rules }).padEnd(100);

const putPolicy = (ecr: ECRClient, lifecyclePolicyText: string) =>
  ecr.send(new PutLifecyclePolicyCommand({ repositoryName, lifecyclePolicyText }));

async function repositoryScene(clock = manualClock()) {
  const { ecr } = await sandbox({ clock, pace: 1 });
  await makeRepository(ecr, repositoryName);
  let count = 0;
  /** Advances the clock by a minute and pushes another image. */
  const push = async (imageTag?: string) => {
    clock.advance(60_000);
    return pushImage(ecr, repositoryName, `{"n":${count++}}`, ['layer'], imageTag);
  };
  const tags = async () => {
    const { imageIds = [] } = await ecr.send(new ListImagesCommand({ repositoryName }));
    return imageIds.map(({ imageTag }) => imageTag);
  };
  return { ecr, clock, push, tags };
}

test('a lifecycle policy can be put, read back unchanged, replaced and deleted', async () => {
  const { ecr } = await repositoryScene();
  const get = () => ecr.send(new GetLifecyclePolicyCommand({ repositoryName }));
  const notFound = {
    code: 'LifecyclePolicyNotFoundException',
    message:
      "Lifecycle policy does not exist for the repository with name 'api1' in the registry with id '000000000000'",
  };
  expect(await refusalOf(get())).toEqual(notFound);
  await putPolicy(ecr, policy(keepNewest(3)));
  await putPolicy(ecr, policy(keepNewest(5)));
  expect(await get()).toMatchObject({ repositoryName, lifecyclePolicyText: policy(keepNewest(5)) });
  const deleted = await ecr.send(new DeleteLifecyclePolicyCommand({ repositoryName }));
  expect(deleted.lifecyclePolicyText).toBe(policy(keepNewest(5)));
  expect(await refusalOf(ecr.send(new DeleteLifecyclePolicyCommand({ repositoryName })))).toEqual(notFound);
});

test.each([
  ['text that is too short', '{"rules":[]}', 'Member must have length greater than or equal to 100'],
  ['text that is too long', policy(keepNewest(1)).padEnd(30_721), 'less than or equal to 30720'],
  ['text that is not JSON', 'x'.repeat(100), 'Could not map policyString into LifecyclePolicy.'],
  ['no rules', policy(), 'rules: '],
  ['no selection', policy({ ...keepNewest(1), selection: undefined }), 'rules.0.selection: '],
  ['no action', policy({ ...keepNewest(1), action: undefined }), 'rules.0.action: '],
  ['an unknown action', policy({ ...keepNewest(1), action: { type: 'keep' } }), 'rules.0.action.type: '],
  ['an unknown member', policy({ ...keepNewest(1), colour: 'red' }), 'colour'],
  ['a count of zero', policy(keepNewest(0)), 'rules.0.selection.countNumber: '],
  ['an unknown tag status', policy(keepNewest(1, { tagStatus: 'some' })), 'rules.0.selection.tagStatus: '],
  [
    'tagStatus=tagged without prefixes or patterns',
    policy(keepNewest(1, { tagStatus: 'tagged' })),
    'Must specify tagPrefixList or tagPatternList when tagStatus=TAGGED.',
  ],
  [
    'both prefixes and patterns',
    policy(keepNewest(1, { tagStatus: 'tagged', tagPrefixList: ['a'], tagPatternList: ['b*'] })),
    'Only one of tagPrefixList and tagPatternList',
  ],
  [
    'prefixes for untagged images',
    policy(keepNewest(1, { tagStatus: 'untagged', tagPrefixList: ['a'] })),
    'must be empty when tagStatus=UNTAGGED',
  ],
  [
    'an age without a unit',
    policy(expireAfterDays(1, { tagStatus: 'untagged', countUnit: undefined })),
    'countUnit=days is required',
  ],
  ['the same priority twice', policy(keepNewest(1), expireAfterDays(1)), 'Rule priorities must be unique.'],
  [
    'two rules for untagged images',
    policy(expireAfterDays(1), { ...expireAfterDays(2), rulePriority: 2 }),
    'Only one rule can select Untagged images',
  ],
  [
    'a rule of lower priority than the rule for any image',
    policy(keepNewest(1), { ...expireAfterDays(1), rulePriority: 2 }),
    'Rule for tagStatus=ANY must have the lowest priority',
  ],
  [
    'two rules for any image',
    policy(keepNewest(1), { ...keepNewest(1), rulePriority: 2 }),
    'Only one rule can have tagStatus=ANY',
  ],
])('a lifecycle policy with %s is refused', async (_what, text, reason) => {
  const { ecr } = await repositoryScene();
  const { code, message } = await refusalOf(putPolicy(ecr, text));
  expect(code).toBe('InvalidParameterException');
  expect(message).toMatch(/^Invalid parameter at '[Ll]ifecyclePolicyText' failed to satisfy constraint: '/);
  expect(message).toContain(reason);
});

test('rules that archive images are refused as not implemented', async () => {
  const { ecr } = await repositoryScene();
  const rule = { ...keepNewest(1), action: { type: 'transition', targetStorageClass: 'archive' } };
  expect(await refusalOf(putPolicy(ecr, policy(rule)))).toMatchObject({ code: 'NotImplemented' });
});

test('images in excess of the count expire a day later, the oldest first', async () => {
  const { ecr, clock, push, tags } = await repositoryScene();
  for (const tag of ['v1', 'v2', 'v3']) await push(tag);
  await putPolicy(ecr, policy(keepNewest(2)));
  clock.advance(23 * HOUR);
  expect(await tags()).toEqual(['v1', 'v2', 'v3']);
  clock.advance(HOUR);
  expect(await tags()).toEqual(['v2', 'v3']);
});

test('pushing every few hours does not postpone the expiry', async () => {
  const { ecr, clock, push, tags } = await repositoryScene();
  await putPolicy(ecr, policy(keepNewest(2)));
  for (const tag of ['v1', 'v2', 'v3', 'v4']) {
    await push(tag);
    clock.advance(7 * HOUR);
  }
  expect(await tags()).toEqual(['v3', 'v4']);
});

test('untagged images expire once they reach the age that a rule sets', async () => {
  const { ecr, clock, push, tags } = await repositoryScene();
  await putPolicy(ecr, policy(expireAfterDays(3)));
  await push();
  await push('v1');
  clock.advance(2 * 24 * HOUR);
  expect(await tags()).toEqual([undefined, 'v1']);
  clock.advance(2 * 24 * HOUR);
  expect(await tags()).toEqual(['v1']);
});

test('later rules count an image that an earlier rule selected, but do not expire it', async () => {
  const { ecr, clock, push, tags } = await repositoryScene();
  for (const tag of ['prod-1', 'dev-1', 'prod-2', 'dev-2', 'dev-3']) await push(tag);
  await putPolicy(
    ecr,
    policy(
      keepNewest(5, { tagStatus: 'tagged', tagPatternList: ['prod-*'] }),
      { ...keepNewest(2, { tagStatus: 'tagged', tagPrefixList: ['dev-'] }), rulePriority: 2 },
      { ...keepNewest(1), rulePriority: 3 },
    ),
  );
  clock.advance(24 * HOUR);
  expect(await tags()).toEqual(['prod-1', 'prod-2', 'dev-2', 'dev-3']);
});

test('images that an index refers to do not expire while the index exists', async () => {
  const { ecr, clock, push, tags } = await repositoryScene();
  const imageManifest = indexManifestOf({ amd64: await push(), arm64: await push() });
  clock.advance(60_000);
  await ecr.send(new PutImageCommand({ repositoryName, imageManifest, imageTag: 'v1' }));
  await putPolicy(ecr, policy(keepNewest(1)));
  clock.advance(24 * HOUR);
  expect(await tags()).toEqual([undefined, undefined, 'v1']);
});

test('deleting a policy before its daily run prevents images from expiring', async () => {
  const { ecr, clock, push, tags } = await repositoryScene();
  for (const tag of ['v1', 'v2']) await push(tag);
  await putPolicy(ecr, policy(keepNewest(1)));
  await ecr.send(new DeleteLifecyclePolicyCommand({ repositoryName }));
  clock.advance(48 * HOUR);
  expect(await tags()).toEqual(['v1', 'v2']);
});

test('deleting a repository cancels the scheduled expiry of its images', async () => {
  const { ecr, world } = await sandbox({ clock: manualClock(), pace: 1 });
  await makeRepository(ecr, repositoryName);
  await putPolicy(ecr, policy(keepNewest(1)));
  expect(world.agenda.entries()).toHaveLength(1);
  await ecr.send(new DeleteRepositoryCommand({ repositoryName }));
  expect(world.agenda.entries()).toEqual([]);
});

test('at the instant pace, images expire before the next call', async () => {
  const { ecr } = await sandbox();
  await makeRepository(ecr, repositoryName);
  await putPolicy(ecr, policy(keepNewest(1)));
  for (const n of [1, 2]) await pushImage(ecr, repositoryName, `{"n":${n}}`, ['layer'], `v${n}`);
  const { imageIds } = await ecr.send(new ListImagesCommand({ repositoryName }));
  expect(imageIds).toHaveLength(1);
});
