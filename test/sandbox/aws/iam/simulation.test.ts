// The policy simulator of the sandbox's IAM, through the SDK's client.
import {
  CreatePolicyCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  SimulatePrincipalPolicyCommand,
  type SimulatePrincipalPolicyCommandInput,
} from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { expect, test } from '@jest/globals';
import { refusalOf, sandbox } from '../../harness.ts';
import { makeRole, permissions } from './making.ts';

const ROLE = 'arn:aws:iam::000000000000:role/task';
const BUCKET = 'arn:aws:s3:::logs';

/** Creates a role, and returns functions that change its policies and simulate calls. */
async function scene() {
  const { iam, sts } = await sandbox();
  await makeRole(iam);
  return {
    iam,
    sts,
    put: (statement: object, PolicyName = 'one') =>
      iam.send(
        new PutRolePolicyCommand({ RoleName: 'task', PolicyName, PolicyDocument: permissions(statement) }),
      ),
    simulate: async (input: Partial<SimulatePrincipalPolicyCommandInput> = {}) =>
      iam.send(
        new SimulatePrincipalPolicyCommand({
          PolicySourceArn: ROLE,
          ActionNames: ['s3:CreateBucket'],
          ...input,
        }),
      ),
  };
}

test('the user of the sandbox may do everything', async () => {
  const { sts, simulate } = await scene();
  const { Arn } = await sts.send(new GetCallerIdentityCommand({}));
  const { EvaluationResults } = await simulate({ PolicySourceArn: Arn });
  expect(EvaluationResults).toEqual([
    {
      EvalActionName: 's3:CreateBucket',
      EvalResourceName: '*',
      EvalDecision: 'allowed',
      MatchedStatements: [{ SourcePolicyId: 'AdministratorAccess', SourcePolicyType: 'IAM Policy' }],
      MissingContextValues: [],
    },
  ]);
});

test.each([
  ['without policies', undefined, 'implicitDeny'],
  ['with a policy that allows it', { Action: 's3:*' }, 'allowed'],
  ['with a policy for another resource', { Action: 's3:*', Resource: BUCKET }, 'implicitDeny'],
  ['with a policy that denies it', { Effect: 'Deny', Action: 's3:*' }, 'explicitDeny'],
])('a role %s', async (_case, statement, decision) => {
  const { put, simulate } = await scene();
  if (statement) await put(statement);
  const { EvaluationResults } = await simulate();
  expect(EvaluationResults?.map(({ EvalDecision }) => EvalDecision)).toEqual([decision]);
});

test('with resources, each resource has a result, and the action the strictest one', async () => {
  const { put, simulate } = await scene();
  await put({ Action: 's3:*', Resource: BUCKET });
  const { EvaluationResults = [] } = await simulate({ ResourceArns: [BUCKET, `${BUCKET}-2`] });
  expect(EvaluationResults).toMatchObject([
    {
      EvalDecision: 'implicitDeny',
      ResourceSpecificResults: [
        { EvalResourceName: BUCKET, EvalResourceDecision: 'allowed' },
        { EvalResourceName: `${BUCKET}-2`, EvalResourceDecision: 'implicitDeny' },
      ],
    },
  ]);
});

test('a condition is met by a supplied value, and a missing key is named', async () => {
  const { put, simulate } = await scene();
  await put({ Action: 's3:*', Condition: { StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } } });
  const missing = await simulate();
  expect(missing.EvaluationResults).toMatchObject([
    { EvalDecision: 'implicitDeny', MissingContextValues: ['aws:RequestedRegion'] },
  ]);
  const entry = { ContextKeyName: 'aws:requestedregion', ContextKeyType: 'string' } as const;
  const supplied = await simulate({ ContextEntries: [{ ...entry, ContextKeyValues: ['eu-west-1'] }] });
  expect(supplied.EvaluationResults).toMatchObject([{ EvalDecision: 'allowed', MissingContextValues: [] }]);
});

test('a permissions boundary limits what the policies allow', async () => {
  const { iam, put, simulate } = await scene();
  await put({ Action: '*' });
  const { Policy } = await iam.send(
    new CreatePolicyCommand({ PolicyName: 'limit', PolicyDocument: permissions({ Action: 'ec2:*' }) }),
  );
  await iam.send(
    new PutRolePermissionsBoundaryCommand({ RoleName: 'task', PermissionsBoundary: Policy?.Arn }),
  );
  const { EvaluationResults } = await simulate({ ActionNames: ['s3:CreateBucket', 'ec2:CreateVpc'] });
  expect(EvaluationResults).toMatchObject([
    {
      EvalDecision: 'implicitDeny',
      PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: false },
    },
    { EvalDecision: 'allowed', PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: true } },
  ]);
});

test('the results come in pages', async () => {
  const { simulate } = await scene();
  const ActionNames = ['ec2:CreateVpc', 'ec2:DeleteVpc', 'ec2:DescribeVpcs'];
  const first = await simulate({ ActionNames, MaxItems: 2 });
  const second = await simulate({ ActionNames, MaxItems: 2, Marker: first.Marker });
  expect([first.EvaluationResults?.length, first.IsTruncated]).toEqual([2, true]);
  expect([second.EvaluationResults?.length, second.IsTruncated]).toEqual([1, false]);
});

test.each([
  ['a role that does not exist', { PolicySourceArn: `${ROLE}s` }, 'NoSuchEntity'],
  ['a session', { PolicySourceArn: 'arn:aws:sts::000000000000:assumed-role/task/me' }, 'InvalidInput'],
  ['an action without its service', { ActionNames: ['CreateBucket'] }, 'InvalidInput'],
])('%s is refused', async (_case, input, code) => {
  const { simulate } = await scene();
  expect(await refusalOf(simulate(input))).toMatchObject({ code });
});
