// The service-linked roles of the sandbox's IAM, through the SDK's client.
import {
  CreateServiceLinkedRoleCommand,
  DeleteRoleCommand,
  DetachRolePolicyCommand,
  GetRoleCommand,
  ListAttachedRolePoliciesCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleDescriptionCommand,
} from '@aws-sdk/client-iam';
import { expect, test } from '@jest/globals';
import {
  hasServiceLinkedRole,
  makeServiceLinkedRole,
} from '../../../../sandbox/aws/iam/service-linked-roles.ts';
import { refusalOf, sandbox } from '../../harness.ts';
import { trustPolicy } from './making.ts';

const RoleName = 'AWSServiceRoleForECS';
const createCommand = (AWSServiceName: string, CustomSuffix?: string) =>
  new CreateServiceLinkedRoleCommand({ AWSServiceName, CustomSuffix });

test.each([
  ['ecs.amazonaws.com', 'AWSServiceRoleForECS', 'AmazonECSServiceRolePolicy'],
  [
    'elasticloadbalancing.amazonaws.com',
    'AWSServiceRoleForElasticLoadBalancing',
    'AWSElasticLoadBalancingServiceRolePolicy',
  ],
  [
    'ecs.application-autoscaling.amazonaws.com',
    'AWSServiceRoleForApplicationAutoScaling_ECSService',
    'AWSApplicationAutoscalingECSServicePolicy',
  ],
])(
  'the service-linked role of %s has its own path, trust policy and managed policy',
  async (service, name, policy) => {
    const { iam } = await sandbox();
    const { Role } = await iam.send(createCommand(service));
    expect(Role).toMatchObject({
      RoleName: name,
      Path: `/aws-service-role/${service}/`,
      Arn: `arn:aws:iam::000000000000:role/aws-service-role/${service}/${name}`,
    });
    expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).toContain(`"Service":"${service}"`);
    const { AttachedPolicies } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName: name }));
    expect(AttachedPolicies).toEqual([
      { PolicyName: policy, PolicyArn: `arn:aws:iam::aws:policy/aws-service-role/${policy}` },
    ]);
  },
);

test('creating the service-linked role of a service again is refused', async () => {
  const { iam } = await sandbox();
  await iam.send(createCommand('ecs.amazonaws.com'));
  expect(await refusalOf(iam.send(createCommand('ecs.amazonaws.com')))).toEqual({
    code: 'InvalidInput',
    message:
      'Service role name AWSServiceRoleForECS has been taken in this account, please try a different suffix.',
  });
});

test('service-linked roles of unknown services or with a custom suffix are refused', async () => {
  const { iam } = await sandbox();
  const unknown = iam.send(createCommand('lambda.amazonaws.com'));
  expect(await refusalOf(unknown)).toMatchObject({ code: 'InvalidInput' });
  expect(await refusalOf(iam.send(createCommand('ecs.amazonaws.com', 'mine')))).toEqual({
    code: 'InvalidInput',
    message: 'Custom suffix is not allowed for ecs.amazonaws.com',
  });
});

test('callers can change only the description of a service-linked role', async () => {
  const { iam } = await sandbox();
  await iam.send(createCommand('ecs.amazonaws.com'));
  const refusal = {
    code: 'UnmodifiableEntity',
    message:
      "Cannot perform the operation on the protected role 'AWSServiceRoleForECS' - this role is only modifiable by AWS",
  };
  const PolicyArn = 'arn:aws:iam::aws:policy/aws-service-role/AmazonECSServiceRolePolicy';
  expect(await refusalOf(iam.send(new DeleteRoleCommand({ RoleName })))).toEqual(refusal);
  expect(await refusalOf(iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn })))).toEqual(refusal);
  const put = new PutRolePolicyCommand({ RoleName, PolicyName: 'p', PolicyDocument: '{}' });
  expect(await refusalOf(iam.send(put))).toEqual(refusal);
  const update = new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: trustPolicy() });
  expect(await refusalOf(iam.send(update))).toEqual(refusal);
  await iam.send(new UpdateRoleDescriptionCommand({ RoleName, Description: 'ours too' }));
  const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
  expect(Role?.Description).toBe('ours too');
});

test('a service can create its own service-linked role', async () => {
  const { iam, region } = await sandbox();
  expect(hasServiceLinkedRole(region, 'ecs.amazonaws.com')).toBe(false);
  makeServiceLinkedRole(region, 'ecs.amazonaws.com');
  expect(hasServiceLinkedRole(region, 'ecs.amazonaws.com')).toBe(true);
  expect(await refusalOf(iam.send(createCommand('ecs.amazonaws.com')))).toMatchObject({
    code: 'InvalidInput',
  });
});
