// The policy simulator: who is asked about, what is denied, and when the answer is unknown.
import { GetRoleCommand, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import { expect, test } from '@jest/globals';
import { simulateActions } from '../../../../lib/preflight/simulate.ts';
import { awsError, lookContextOf, mocks } from '../../step-harness.ts';

const USER = 'arn:aws:iam::111122223333:user/me';
const SESSION = 'arn:aws:sts::111122223333:assumed-role/deployer/me@example.com';
const ROLE = 'arn:aws:iam::111122223333:role/team/deployer';
const VPC = 'arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-0123456789abcdef0';

const required = [
  {
    actions: ['ec2:CreateVpc', 'ec2:CreateTags'],
    resource: VPC,
    context: { 'aws:RequestedRegion': 'eu-west-1' },
  },
];
const simulate = (caller = USER) => simulateActions(lookContextOf().aws, caller, required);
const answers = (...results: object[]) =>
  mocks.iam.on(SimulatePrincipalPolicyCommand).resolves({ EvaluationResults: results as never });

test('each action is simulated on its resource, with the values that are known', async () => {
  answers(
    { EvalActionName: 'ec2:CreateVpc', EvalDecision: 'allowed' },
    { EvalActionName: 'ec2:CreateTags', EvalDecision: 'allowed' },
  );
  expect(await simulate()).toEqual({ state: 'simulated', denied: [], allowed: 2, uncertain: [] });
  expect(mocks.iam.calls()[0]?.args[0].input).toEqual({
    PolicySourceArn: USER,
    ActionNames: ['ec2:CreateVpc', 'ec2:CreateTags'],
    ResourceArns: [VPC],
    ContextEntries: [
      {
        ContextKeyName: 'aws:RequestedRegion',
        ContextKeyValues: ['eu-west-1'],
        ContextKeyType: 'string',
      },
    ],
    Marker: undefined,
  });
});

test('for a session, the policies of its role decide, which has a path', async () => {
  mocks.iam.on(GetRoleCommand, { RoleName: 'deployer' }).resolves({ Role: { Arn: ROLE } as never });
  answers({ EvalActionName: 'ec2:CreateVpc', EvalDecision: 'allowed' });
  await simulate(SESSION);
  expect(mocks.iam.commandCalls(SimulatePrincipalPolicyCommand)[0]?.args[0].input).toMatchObject({
    PolicySourceArn: ROLE,
  });
});

test.each([
  ['no policy allows it', { EvalDecision: 'implicitDeny' }],
  ['a policy denies it', { EvalDecision: 'explicitDeny' }],
  [
    'a service control policy does not allow it',
    { EvalDecision: 'implicitDeny', OrganizationsDecisionDetail: { AllowedByOrganizations: false } },
  ],
  [
    'the permissions boundary of the caller does not allow it',
    {
      EvalDecision: 'allowed',
      ResourceSpecificResults: [
        {
          EvalResourceName: VPC,
          EvalResourceDecision: 'implicitDeny',
          PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: false },
        },
      ],
    },
  ],
])('an action is denied: %s', async (reason, result) => {
  answers({ EvalActionName: 'ec2:CreateVpc', ...result });
  expect(await simulate()).toMatchObject({
    denied: [{ action: 'ec2:CreateVpc', resource: VPC, reason }],
    allowed: 0,
  });
});

test('an action whose condition depends on an unknown key is uncertain, not denied', async () => {
  answers({
    EvalActionName: 'ec2:CreateVpc',
    EvalDecision: 'implicitDeny',
    ResourceSpecificResults: [
      {
        EvalResourceName: VPC,
        EvalResourceDecision: 'implicitDeny',
        MissingContextValues: ['aws:PrincipalTag/team'],
      },
    ],
  });
  expect(await simulate()).toEqual({
    ...{ state: 'simulated', denied: [], allowed: 0 },
    uncertain: ['ec2:CreateVpc'],
  });
});

test('all pages of the answer are read', async () => {
  const page = (name: string) => [{ EvalActionName: name, EvalDecision: 'allowed' as const }];
  mocks.iam
    .on(SimulatePrincipalPolicyCommand)
    .resolvesOnce({ EvaluationResults: page('ec2:CreateVpc'), IsTruncated: true, Marker: 'next' })
    .resolvesOnce({ EvaluationResults: page('ec2:CreateTags'), IsTruncated: false });
  expect(await simulate()).toMatchObject({ allowed: 2 });
});

test('the root user is not simulated', async () => {
  expect(await simulate('arn:aws:iam::111122223333:root')).toEqual({ state: 'root' });
  expect(mocks.iam.calls()).toEqual([]);
});

test.each([
  [
    'a caller who may not simulate',
    awsError('AccessDenied', 'no iam:SimulatePrincipalPolicy', 403),
    /no iam:Simulate/,
  ],
  ['an endpoint without a simulator', awsError('NotImplemented', 'no', 501), /does not simulate/],
])('%s: the check is skipped', async (_case, error, why) => {
  mocks.iam.on(SimulatePrincipalPolicyCommand).rejects(error);
  expect(await simulate()).toEqual({ state: 'skipped', why: expect.stringMatching(why) });
});

test('a federated user is skipped, and any other error is thrown', async () => {
  const federated = 'arn:aws:sts::111122223333:federated-user/me';
  expect(await simulate(federated)).toMatchObject({ state: 'skipped' });
  mocks.iam.on(SimulatePrincipalPolicyCommand).rejects(awsError('InvalidInput', 'bad'));
  await expect(simulate()).rejects.toThrow('bad');
});
