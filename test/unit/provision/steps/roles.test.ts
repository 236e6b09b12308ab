// The step for the two roles: the calls that it makes in each case.
import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteRolePermissionsBoundaryCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetRoleCommand,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  TagRoleCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { expect, test } from '@jest/globals';
import type { FoundRole } from '../../../../lib/look/roles.ts';
import { namesOf } from '../../../../lib/derive/names.ts';
import { executionPolicy, policyText, trustPolicy } from '../../../../lib/derive/policies.ts';
import { toPascalCaseTags } from '../../../../lib/derive/tags.ts';
import { roles } from '../../../../provision/steps/roles.ts';
import { ACCOUNT, awsError, config, mocks, ourTags, provisionStep, sentCalls } from '../../step-harness.ts';

const location = { region: 'eu-west-1', account: ACCOUNT };
const TRUST = policyText(trustPolicy(location));
const INLINE = policyText(executionPolicy(config(), namesOf(config()), location));
const arn = (key: string) => `arn:aws:iam::${ACCOUNT}:role/slipway/shop-dev/shop-dev-${key}`;
const ids = (key: string) => ({ roleName: `shop-dev-${key}`, roleArn: arn(key) });
const tags = (key: string) => ourTags('roles', key);
const foundRole = (key: string): FoundRole => ({
  ...ids(key),
  trustPolicy: TRUST,
  inlinePolicies: key === 'execution' ? { slipway: INLINE } : {},
  attachedPolicies: [],
  tags: tags(key),
});
const scenarioWith = (execution: Partial<FoundRole> = {}, task: Partial<FoundRole> = {}) => ({
  noun: 'roles' as const,
  found: {
    roles: {
      execution: { ...foundRole('execution'), ...execution },
      task: { ...foundRole('task'), ...task },
    },
  },
});
const createCall = (key: string) => ({
  command: 'CreateRole',
  input: {
    RoleName: `shop-dev-${key}`,
    Path: '/slipway/shop-dev/',
    AssumeRolePolicyDocument: TRUST,
    Description: `The ${key} role of shop-dev`,
    Tags: toPascalCaseTags(tags(key)),
  },
});
const putPolicyCall = {
  command: 'PutRolePolicy',
  input: { RoleName: 'shop-dev-execution', PolicyName: 'slipway', PolicyDocument: INLINE },
};

/** Lets the look find a role with these tags. */
function mockRole(roleTags: Record<string, string>): void {
  mocks.iam
    .on(GetRoleCommand)
    .resolves({ Role: { Arn: arn('execution'), Tags: toPascalCaseTags(roleTags) } as never });
  mocks.iam.on(ListAttachedRolePoliciesCommand).resolves({});
  mocks.iam.on(ListRolePoliciesCommand).resolves({});
  mocks.iam.on(ListRolesCommand).resolves({});
}

test('creates when missing', async () => {
  mocks.iam.on(CreateRoleCommand).resolves({});
  mocks.iam.on(PutRolePolicyCommand).resolves({});
  const result = await provisionStep(roles, { noun: 'roles' });
  expect(result.shortChanges).toEqual([
    ['create', 'execution'],
    ['create', 'task'],
  ]);
  expect(result.ids).toEqual({ execution: ids('execution'), task: ids('task') });
  expect(sentCalls()).toEqual([createCall('execution'), putPolicyCall, createCall('task')]);
});

test('takes the ARN of a new role from the response', async () => {
  mocks.iam.on(CreateRoleCommand).resolves({ Role: { Arn: 'arn:aws-new:iam::1:role/x' } as never });
  mocks.iam.on(PutRolePolicyCommand).resolves({});
  const { ids: recorded } = await provisionStep(roles, { noun: 'roles' });
  expect(recorded).toMatchObject({ execution: { roleArn: 'arn:aws-new:iam::1:role/x' } });
});

test('creates when missing: if the response to an earlier create was lost, our resource with this name is adopted', async () => {
  mocks.iam.on(CreateRoleCommand).rejects(awsError('EntityAlreadyExistsException', 'exists', 409));
  mocks.iam.on(PutRolePolicyCommand).resolves({});
  mockRole(tags('execution'));
  const result = await provisionStep(roles, {
    noun: 'roles',
    found: { roles: { task: foundRole('task') } },
  });
  expect(result.ids).toEqual({ execution: ids('execution') });
  expect(sentCalls().at(-1)).toEqual(putPolicyCall);
});

test('creates when missing: a resource with our name that someone else created after the survey is left alone', async () => {
  mocks.iam.on(CreateRoleCommand).rejects(awsError('EntityAlreadyExistsException', 'exists', 409));
  mockRole({ owner: 'bob' });
  await expect(provisionStep(roles, { noun: 'roles' })).rejects.toMatchObject({
    code: 'FOREIGN',
    what: 'A resource that does not belong to this stack already uses the name shop-dev-execution.',
  });
  expect(sentCalls().map(({ command }) => command)).not.toContain('PutRolePolicy');
});

test('creates when missing: retries while the role has not propagated', async () => {
  mocks.iam.on(CreateRoleCommand).resolves({});
  mocks.iam
    .on(PutRolePolicyCommand)
    .rejectsOnce(
      awsError('NoSuchEntityException', 'The role with name shop-dev-execution cannot be found.', 404),
    )
    .resolves({});
  await provisionStep(roles, { noun: 'roles' });
  expect(sentCalls()).toEqual([createCall('execution'), putPolicyCall, putPolicyCall, createCall('task')]);
});

test('adopts when present', async () => {
  const result = await provisionStep(roles, scenarioWith());
  expect(result.shortChanges).toEqual([]);
  expect(sentCalls()).toEqual([]);
});

test('repairs drift', async () => {
  for (const command of [
    PutRolePolicyCommand,
    DeleteRolePolicyCommand,
    UpdateAssumeRolePolicyCommand,
    DetachRolePolicyCommand,
    TagRoleCommand,
  ]) {
    mocks.iam.on(command as typeof PutRolePolicyCommand).resolves({});
  }
  const result = await provisionStep(
    roles,
    scenarioWith({
      trustPolicy: '{}',
      inlinePolicies: { slipway: '{}', backdoor: '{}' },
      attachedPolicies: ['arn:aws:iam::aws:policy/AdministratorAccess'],
      tags: { ...tags('execution'), Name: 'other' },
    }),
  );
  expect(result.shortChanges).toEqual([
    ['update', 'execution', 'trust policy', 'inline policies', 'managed policies', 'tag.Name'],
  ]);
  const RoleName = 'shop-dev-execution';
  expect(sentCalls()).toEqual([
    putPolicyCall,
    { command: 'DeleteRolePolicy', input: { RoleName, PolicyName: 'backdoor' } },
    { command: 'UpdateAssumeRolePolicy', input: { RoleName, PolicyDocument: TRUST } },
    {
      command: 'DetachRolePolicy',
      input: { RoleName, PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' },
    },
    { command: 'TagRole', input: { RoleName, Tags: toPascalCaseTags(tags('execution')) } },
  ]);
});

test('repairs drift: manually attached policies are detached, and it is no error if one is already detached', async () => {
  mocks.iam.on(DeleteRolePolicyCommand).rejects(awsError('NoSuchEntityException', 'gone', 404));
  mocks.iam.on(DetachRolePolicyCommand).rejects(awsError('NoSuchEntityException', 'gone', 404));
  const result = await provisionStep(
    roles,
    scenarioWith({}, { inlinePolicies: { more: '{}' }, attachedPolicies: ['arn:x'] }),
  );
  expect(result.shortChanges).toEqual([['update', 'task', 'inline policies', 'managed policies']]);
  expect(sentCalls()).toEqual([
    { command: 'DeleteRolePolicy', input: { RoleName: 'shop-dev-task', PolicyName: 'more' } },
    { command: 'DetachRolePolicy', input: { RoleName: 'shop-dev-task', PolicyArn: 'arn:x' } },
  ]);
});

test('repairs drift: if only tags differ, only tags are sent', async () => {
  mocks.iam.on(TagRoleCommand).resolves({});
  await provisionStep(roles, scenarioWith({}, { tags: { 'slipway:stack': 'shop-dev' } }));
  expect(sentCalls().map(({ command }) => command)).toEqual(['TagRole']);
});

test('throws the error when AWS refuses a call', async () => {
  mocks.iam.on(CreateRoleCommand).rejects(awsError('LimitExceededException', 'Cannot exceed quota', 409));
  await expect(provisionStep(roles, { noun: 'roles' })).rejects.toMatchObject({
    message: 'Cannot exceed quota',
  });
  expect(sentCalls()).toEqual([createCall('execution')]);
});

test('explains refusal: a foreign resource is refused, and nothing is sent for it', async () => {
  const { changes } = await provisionStep(roles, scenarioWith({ tags: {} }));
  expect(changes).toMatchObject([
    { key: 'execution', verb: 'refused', reason: expect.stringContaining('someone else created it') },
  ]);
  expect(sentCalls()).toEqual([]);
});

const PERMISSION = { actions: ['s3:GetObject'], resources: ['arn:aws:s3:::uploads/*'] };
const S3 = 'AmazonS3ReadOnlyAccess';
const BOUNDARY = `arn:aws:iam::${ACCOUNT}:policy/boundary`;
const own = { RoleName: 'shop-dev-task-web' };
/** A configuration whose service has these permissions. */
const configWith = (
  permissions: (typeof PERMISSION)[],
  managedPolicies: string[],
  permissionsBoundary?: string,
) => {
  const [web] = config().services;
  return config({ permissionsBoundary, services: web ? [{ ...web, permissions, managedPolicies }] : [] });
};

test('creates when missing: the role of a service with exec, which lets the agent of ECS Exec connect', async () => {
  for (const command of [CreateRoleCommand, PutRolePolicyCommand])
    mocks.iam.on(command as typeof PutRolePolicyCommand).resolves({});
  const [web] = config().services;
  const { shortChanges } = await provisionStep(roles, {
    noun: 'roles',
    config: config({ services: web ? [{ ...web, exec: true }] : [] }),
    found: { roles: { execution: foundRole('execution') } },
  });
  expect(shortChanges).toEqual([['create', 'task-web']]);
  expect(sentCalls().at(-1)).toMatchObject({
    command: 'PutRolePolicy',
    input: {
      PolicyDocument:
        '{"Statement":[{"Action":["ssmmessages:CreateControlChannel","ssmmessages:CreateDataChannel","ssmmessages:OpenControlChannel","ssmmessages:OpenDataChannel"],"Effect":"Allow","Resource":"*","Sid":"Exec"}],"Version":"2012-10-17"}',
    },
  });
});

test('creates when missing: the role of a service, with its boundary, its policy and its managed policies', async () => {
  for (const command of [CreateRoleCommand, PutRolePolicyCommand, AttachRolePolicyCommand])
    mocks.iam.on(command as typeof PutRolePolicyCommand).resolves({});
  const result = await provisionStep(roles, {
    noun: 'roles',
    config: configWith([PERMISSION], [S3], BOUNDARY),
    found: { roles: { execution: { ...foundRole('execution'), permissionsBoundary: BOUNDARY } } },
  });
  expect(result.shortChanges).toEqual([['create', 'task-web']]);
  expect(sentCalls()).toEqual([
    {
      command: 'CreateRole',
      input: {
        ...createCall('task-web').input,
        Description: 'The task role of web in shop-dev',
        PermissionsBoundary: BOUNDARY,
      },
    },
    {
      command: 'PutRolePolicy',
      input: {
        ...own,
        PolicyName: 'slipway',
        PolicyDocument:
          '{"Statement":[{"Action":["s3:GetObject"],"Effect":"Allow","Resource":["arn:aws:s3:::uploads/*"]}],"Version":"2012-10-17"}',
      },
    },
    { command: 'AttachRolePolicy', input: { ...own, PolicyArn: `arn:aws:iam::aws:policy/${S3}` } },
  ]);
});

test('repairs drift: a removed boundary is set before the policies, and one that is not configured is removed after them', async () => {
  for (const command of [
    PutRolePolicyCommand,
    PutRolePermissionsBoundaryCommand,
    DeleteRolePermissionsBoundaryCommand,
  ])
    mocks.iam.on(command as typeof PutRolePolicyCommand).resolves({});
  const commands = async (permissionsBoundary: string | undefined, found: string | undefined) => {
    await provisionStep(roles, {
      noun: 'roles',
      config: configWith([PERMISSION], [], permissionsBoundary),
      found: {
        roles: {
          execution: { ...foundRole('execution'), permissionsBoundary },
          'task-web': { ...foundRole('task-web'), permissionsBoundary: found },
        },
      },
    });
    const sent = sentCalls().map(({ command, input }) => [command, (input as { RoleName: string }).RoleName]);
    mocks.iam.resetHistory();
    return sent;
  };
  expect(await commands(BOUNDARY, undefined)).toEqual([
    ['PutRolePermissionsBoundary', own.RoleName],
    ['PutRolePolicy', own.RoleName],
  ]);
  expect(await commands(undefined, BOUNDARY)).toEqual([
    ['PutRolePolicy', own.RoleName],
    ['DeleteRolePermissionsBoundary', own.RoleName],
  ]);
});

test('existing roles are neither created nor changed', async () => {
  const [web] = config().services;
  const existing = { taskRole: arn('x'), executionRole: arn('y') };
  const result = await provisionStep(roles, {
    noun: 'roles',
    config: config({ services: web ? [{ ...web, ...existing }] : [] }),
  });
  expect(result.shortChanges).toEqual([]);
  expect(sentCalls()).toEqual([]);
});
