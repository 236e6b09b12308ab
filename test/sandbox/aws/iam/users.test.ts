// The only user of the sandbox's IAM, and the lists that are always empty, through the SDK's client.
import {
  GetUserCommand,
  IAMClient,
  ListAccountAliasesCommand,
  ListAttachedUserPoliciesCommand,
  ListGroupsCommand,
  ListGroupsForUserCommand,
  ListInstanceProfilesCommand,
  ListMFADevicesCommand,
  ListOpenIDConnectProvidersCommand,
  ListSAMLProvidersCommand,
  ListServerCertificatesCommand,
  ListUserPoliciesCommand,
  ListUsersCommand,
  ListUserTagsCommand,
  ListVirtualMFADevicesCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { expect, test } from '@jest/globals';
import { refusalOf, sandbox } from '../../harness.ts';
import { makeRole, trustPolicy } from './making.ts';

const UserName = 'sandbox';

test('the only user is the caller', async () => {
  const { iam, sts } = await sandbox();
  const { Arn, UserId } = await sts.send(new GetCallerIdentityCommand({}));
  const { User } = await iam.send(new GetUserCommand({}));
  expect(User).toMatchObject({ UserName, Arn, UserId, Path: '/' });
  expect((await iam.send(new ListUsersCommand({}))).Users).toEqual([User]);
  expect((await iam.send(new ListUsersCommand({ PathPrefix: '/team/' }))).Users).toEqual([]);
  expect((await iam.send(new GetUserCommand({ UserName }))).User).toEqual(User);
  expect(await refusalOf(iam.send(new GetUserCommand({ UserName: 'other' })))).toEqual({
    code: 'NoSuchEntity',
    message: 'The user with name other cannot be found.',
  });
});

test('a call by a session of a role must name the user', async () => {
  const { iam, sts, url } = await sandbox();
  const AssumeRolePolicyDocument = trustPolicy({ Principal: { AWS: '*' } });
  const RoleArn = (await makeRole(iam, 'task', { AssumeRolePolicyDocument })).Role?.Arn;
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'session' }));
  const session = new IAMClient({
    endpoint: url,
    region: 'eu-west-1',
    maxAttempts: 1,
    credentials: {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    },
  });
  const refusal = await refusalOf(session.send(new GetUserCommand({})));
  const named = await session.send(new GetUserCommand({ UserName }));
  session.destroy();
  expect(refusal).toEqual({
    code: 'ValidationError',
    message: 'Must specify userName when calling with non-User credentials',
  });
  expect(named.User).toMatchObject({ UserName });
});

test('the user has no tags, policies, groups or MFA devices', async () => {
  const { iam } = await sandbox();
  const input = { UserName };
  expect((await iam.send(new ListUserTagsCommand(input))).Tags).toEqual([]);
  expect((await iam.send(new ListUserPoliciesCommand(input))).PolicyNames).toEqual([]);
  expect((await iam.send(new ListAttachedUserPoliciesCommand(input))).AttachedPolicies).toEqual([]);
  expect((await iam.send(new ListGroupsForUserCommand(input))).Groups).toEqual([]);
  expect((await iam.send(new ListMFADevicesCommand({}))).MFADevices).toEqual([]);
  const unknown = iam.send(new ListUserPoliciesCommand({ UserName: 'other' }));
  expect(await refusalOf(unknown)).toMatchObject({ code: 'NoSuchEntity' });
});

test('the account has no aliases, groups, instance profiles, identity providers, certificates or MFA devices', async () => {
  const { iam } = await sandbox();
  expect((await iam.send(new ListAccountAliasesCommand({}))).AccountAliases).toEqual([]);
  expect((await iam.send(new ListGroupsCommand({}))).Groups).toEqual([]);
  expect((await iam.send(new ListInstanceProfilesCommand({}))).InstanceProfiles).toEqual([]);
  const providers = await iam.send(new ListOpenIDConnectProvidersCommand({}));
  expect(providers.OpenIDConnectProviderList).toEqual([]);
  expect((await iam.send(new ListSAMLProvidersCommand({}))).SAMLProviderList).toEqual([]);
  const certificates = await iam.send(new ListServerCertificatesCommand({}));
  expect(certificates.ServerCertificateMetadataList).toEqual([]);
  expect((await iam.send(new ListVirtualMFADevicesCommand({}))).VirtualMFADevices).toEqual([]);
});
