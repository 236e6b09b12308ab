// The removal of a repository: the calls that it makes in each case.
import { DeleteRepositoryCommand } from '@aws-sdk/client-ecr';
import { expect, test } from '@jest/globals';
import { repositories } from '../../../../teardown/steps/repositories.ts';
import { awsError, mocks, ourTags, sentCalls, removeContextOf } from '../../step-harness.ts';

const item = {
  repositoryName: 'shop-dev/web-api1',
  repositoryUri: 'host/shop-dev/web-api1',
  scanOnPush: true,
  mutability: 'IMMUTABLE',
  lifecyclePolicy: '',
  tags: ourTags('repositories', 'web-api1'),
};
const remove = () => repositories.remove(removeContextOf({ noun: 'repositories', key: 'web-api1' }, item));

test('removes what is ours', async () => {
  mocks.ecr.on(DeleteRepositoryCommand).resolves({});
  expect(await remove()).toBeUndefined();
  expect(sentCalls()).toEqual([
    { command: 'DeleteRepository', input: { repositoryName: 'shop-dev/web-api1', force: true } },
  ]);
});

test('counts a missing resource as removed', async () => {
  mocks.ecr.on(DeleteRepositoryCommand).rejects(awsError('RepositoryNotFoundException'));
  await expect(remove()).resolves.toBeUndefined();
});

test('throws the error when AWS refuses a call', async () => {
  mocks.ecr.on(DeleteRepositoryCommand).rejects(awsError('AccessDeniedException', 'not allowed'));
  await expect(remove()).rejects.toMatchObject({ message: 'not allowed' });
});

test('removes what is ours: a repository is removed after the services that pull from it', () => {
  expect(repositories.after).toContain('services');
});
