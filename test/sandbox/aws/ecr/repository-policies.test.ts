// The policies of the sandbox's ECR repositories, through the SDK's client.
import {
  DeleteRepositoryPolicyCommand,
  GetRepositoryPolicyCommand,
  SetRepositoryPolicyCommand,
} from '@aws-sdk/client-ecr';
import { expect, test } from '@jest/globals';
import { refusalOf, sandbox } from '../../harness.ts';
import { makeRepository } from './pushing.ts';

const statement = { Sid: 'pull', Effect: 'Allow', Principal: '*', Action: ['ecr:BatchGetImage'] };
const policy = (statements: unknown) => JSON.stringify({ Version: '2012-10-17', Statement: statements });
const repositoryName = 'api1';
const NO_POLICY =
  "Repository policy does not exist for the repository with name 'api1' in the registry with id '000000000000'";

test('a repository policy can be set, read back unchanged and deleted', async () => {
  const { ecr } = await sandbox();
  await makeRepository(ecr, repositoryName);
  const get = () => ecr.send(new GetRepositoryPolicyCommand({ repositoryName }));
  expect(await refusalOf(get())).toEqual({ code: 'RepositoryPolicyNotFoundException', message: NO_POLICY });
  const policyText = policy([statement]);
  await ecr.send(new SetRepositoryPolicyCommand({ repositoryName, policyText }));
  expect(await get()).toMatchObject({ registryId: '000000000000', repositoryName, policyText });
  const deleted = await ecr.send(new DeleteRepositoryPolicyCommand({ repositoryName }));
  expect(deleted.policyText).toBe(policyText);
  const again = ecr.send(new DeleteRepositoryPolicyCommand({ repositoryName }));
  expect(await refusalOf(again)).toEqual({ code: 'RepositoryPolicyNotFoundException', message: NO_POLICY });
});

test.each([
  ['text that is not JSON', '{'],
  ['no statement', policy([])],
  ['a statement without a principal', policy([{ ...statement, Principal: undefined }])],
  ['a statement without an action', policy({ ...statement, Action: undefined })],
  ['a statement with a resource', policy({ ...statement, Resource: '*' })],
  ['an unknown effect', policy({ ...statement, Effect: 'Maybe' })],
])('a repository policy with %s is refused', async (_what, policyText) => {
  const { ecr } = await sandbox();
  await makeRepository(ecr, repositoryName);
  const set = ecr.send(new SetRepositoryPolicyCommand({ repositoryName, policyText }));
  expect(await refusalOf(set)).toEqual({
    code: 'InvalidParameterException',
    message:
      "Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid repository policy provided'",
  });
});
