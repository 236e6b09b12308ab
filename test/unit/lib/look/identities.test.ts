// The look for roles and policies of others: those that the configuration names, by ARN.
import { GetPolicyCommand, GetRoleCommand } from '@aws-sdk/client-iam';
import { expect, test } from '@jest/globals';
import { lookIdentities } from '../../../../lib/look/identities.ts';
import { identityEvents } from '../../../../provision/identities.ts';
import { awsError, config, lookContextOf, mocks } from '../../step-harness.ts';

const ROLE = 'arn:aws:iam::123456789012:role/ops/programs';
const notFound = awsError('NoSuchEntityException', 'gone', 404);
const denied = awsError('AccessDenied', 'not allowed', 403);
const [web] = config().services;
const contextWith = (fields: object) => ({
  ...lookContextOf(),
  config: config({ services: web ? [{ ...web, ...fields }] : [] }),
});

test('a role is found by its name, with its own ARN and its trust policy', async () => {
  mocks.iam
    .on(GetRoleCommand, { RoleName: 'programs' })
    .resolves({ Role: { Arn: 'arn:role', AssumeRolePolicyDocument: '%7B%7D' } as never });
  const found = await lookIdentities(contextWith({ taskRole: ROLE, executionRole: ROLE }));
  expect([...found]).toEqual([[ROLE, { state: 'found', arn: 'arn:role', trustPolicy: '{}' }]]);
});

test('a policy of AWS without its path is missing, and the similar one is found', async () => {
  mocks.iam.on(GetPolicyCommand).rejects(notFound);
  mocks.iam
    .on(GetPolicyCommand, { PolicyArn: 'arn:aws:iam::aws:policy/job-function/ViewOnlyAccess' })
    .resolves({});
  const found = await lookIdentities(contextWith({ managedPolicies: ['ViewOnlyAccess', ROLE] }));
  expect([...found.values()]).toEqual([
    { state: 'missing', similar: 'arn:aws:iam::aws:policy/job-function/ViewOnlyAccess' },
    { state: 'missing' },
  ]);
});

test('a role or a policy that the caller may not read is unknown, and a note says so', async () => {
  mocks.iam.on(GetRoleCommand).rejects(denied);
  mocks.iam.on(GetPolicyCommand).rejects(denied);
  const identities = await lookIdentities(contextWith({ executionRole: ROLE, managedPolicies: ['A'] }));
  expect(identityEvents({ identities })).toEqual([
    { type: 'note', text: `${ROLE} was not checked: not allowed` },
    { type: 'note', text: 'arn:aws:iam::aws:policy/A was not checked: not allowed' },
  ]);
});

test('any other error is thrown', async () => {
  mocks.iam.on(GetRoleCommand).rejects(awsError('ServiceFailure', 'failed', 400));
  await expect(lookIdentities(contextWith({ taskRole: ROLE }))).rejects.toMatchObject({ message: 'failed' });
});
