// The removal of a security group: the calls that it makes in each case.
import {
  DeleteSecurityGroupCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import type { GroupRule } from '../../../../lib/derive/security-group-rules.ts';
import { securityGroups } from '../../../../teardown/steps/security-groups.ts';
import {
  awsError,
  mockOtherCallsAsEmpty,
  mocks,
  mutations,
  ourTags,
  sentCalls,
  removeContextOf,
} from '../../step-harness.ts';

const tcp = (port: number): GroupRule => ({ protocol: 'tcp', fromPort: port, toPort: port, peer: 'sg-b' });
const group = (key: string, groupId: string, ingress: GroupRule[]) => ({
  groupId,
  vpcId: 'vpc-1',
  ingress,
  egress: [],
  tags: ourTags('securityGroups', key),
});
/**
 * Removes the load balancer's group. The tasks' group has rules that refer to it.
 * @param ingress the ingress rules of the tasks' group
 * @param otherRemovals the keys of other groups, each with its removal in the same run
 */
function remove(ingress = [tcp(5000), tcp(6000)], otherRemovals: Record<string, Promise<void>> = {}) {
  const balancer = group('balancer', 'sg-b', [{ ...tcp(80), peer: '0.0.0.0/0' }]);
  const found = { securityGroups: { balancer, web: group('web', 'sg-w', ingress) } };
  const context = removeContextOf({ noun: 'securityGroups', key: 'balancer', found }, balancer);
  const alsoRemoved = { willRemoveAll: () => false, removalOf: (key: string) => otherRemovals[key] };
  return securityGroups.remove({ ...context, alsoRemoved });
}
const revokeCall = (port: number) => ({
  command: 'RevokeSecurityGroupIngress',
  input: {
    GroupId: 'sg-w',
    IpPermissions: [
      { IpProtocol: 'tcp', FromPort: port, ToPort: port, UserIdGroupPairs: [{ GroupId: 'sg-b' }] },
    ],
  },
});
const deleteCall = { command: 'DeleteSecurityGroup', input: { GroupId: 'sg-b' } };

test('removes what is ours', async () => {
  mocks.ec2.on(RevokeSecurityGroupIngressCommand).resolves({});
  mocks.ec2.on(DeleteSecurityGroupCommand).resolves({});
  await remove();
  expect(sentCalls()).toEqual([revokeCall(5000), revokeCall(6000), deleteCall]);
});

test('removes what is ours: waits until the groups whose rules refer to this one have been removed', async () => {
  mocks.ec2.on(DeleteSecurityGroupCommand).resolves({});
  let finishWebRemoval = () => {};
  const web = new Promise<void>((resolve) => (finishWebRemoval = resolve));
  const removing = remove(undefined, { web });
  await Promise.resolve();
  expect(sentCalls()).toEqual([]);
  finishWebRemoval();
  await removing;
  expect(sentCalls()).toEqual([deleteCall]);
});

test("removes what is ours: the tasks' group is deleted without waiting for the load balancer's group, even if the load balancer's group refers to the tasks' group", async () => {
  mocks.ec2.on(RevokeSecurityGroupIngressCommand).resolves({});
  mocks.ec2.on(DeleteSecurityGroupCommand).resolves({});
  const web = group('web', 'sg-w', []);
  const balancer = group('balancer', 'sg-b', [{ ...tcp(80), peer: 'sg-w' }]);
  const context = removeContextOf(
    { noun: 'securityGroups', key: 'web', found: { securityGroups: { balancer, web } } },
    web,
  );
  const never = new Promise<void>(() => {});
  await securityGroups.remove({
    ...context,
    alsoRemoved: { willRemoveAll: () => true, removalOf: () => never },
  });
  expect(sentCalls().map(({ command }) => command)).toEqual([
    'RevokeSecurityGroupIngress',
    'DeleteSecurityGroup',
  ]);
});

test('removes what is ours: a group that no rule refers to is deleted directly', async () => {
  mocks.ec2.on(DeleteSecurityGroupCommand).resolves({});
  await remove([]);
  expect(sentCalls()).toEqual([deleteCall]);
});

test.each(['DependencyViolation', 'InvalidGroup.InUse'])(
  'removes what is ours: retries until nothing uses the group any longer (%s)',
  async (code) => {
    mockOtherCallsAsEmpty();
    mocks.ec2.on(DeleteSecurityGroupCommand).rejectsOnce(awsError(code)).resolves({});
    await remove([]);
    expect(mutations()).toEqual([deleteCall, deleteCall]);
  },
);

test('counts a missing resource as removed', async () => {
  mocks.ec2.on(RevokeSecurityGroupIngressCommand).rejects(awsError('InvalidGroup.NotFound'));
  mocks.ec2.on(DeleteSecurityGroupCommand).rejects(awsError('InvalidGroup.NotFound'));
  await remove();
  expect(sentCalls()).toEqual([revokeCall(5000), revokeCall(6000), deleteCall]);
});

test('counts a missing resource as removed: if one rule is already gone, the other rules are still revoked', async () => {
  mocks.ec2
    .on(RevokeSecurityGroupIngressCommand)
    .rejectsOnce(awsError('InvalidPermission.NotFound'))
    .resolves({});
  mocks.ec2.on(DeleteSecurityGroupCommand).resolves({});
  await remove();
  expect(sentCalls()).toEqual([revokeCall(5000), revokeCall(6000), deleteCall]);
});

test('throws the error when AWS refuses a call', async () => {
  const refusal = awsError('UnauthorizedOperation', 'You are not authorized to perform this operation.', 403);
  mocks.ec2.on(RevokeSecurityGroupIngressCommand).resolves({});
  mocks.ec2.on(DeleteSecurityGroupCommand).rejects(refusal);
  await expect(remove()).rejects.toBe(refusal);
});

test('throws the error when AWS refuses a call: a rule of another group cannot be revoked', async () => {
  const refusal = awsError('UnauthorizedOperation', 'You are not authorized to perform this operation.', 403);
  mocks.ec2.on(RevokeSecurityGroupIngressCommand).rejects(refusal);
  await expect(remove()).rejects.toBe(refusal);
});

test('removes what is ours: egress rules of other groups that refer to the group are revoked as well', async () => {
  mocks.ec2.on(RevokeSecurityGroupEgressCommand).resolves({});
  mocks.ec2.on(DeleteSecurityGroupCommand).resolves({});
  const balancer = { ...group('balancer', 'sg-b', []), egress: [{ ...tcp(5000), peer: 'sg-w' }] };
  const web = group('web', 'sg-w', [tcp(5000)]);
  const context = removeContextOf(
    { noun: 'securityGroups', key: 'web', found: { securityGroups: { balancer, web } } },
    web,
  );
  // The load balancer's group waits for this one, so this one must not wait for the load balancer's group.
  await securityGroups.remove({
    ...context,
    alsoRemoved: { willRemoveAll: () => false, removalOf: () => new Promise(() => {}) },
  });
  expect(sentCalls()).toEqual([
    {
      command: 'RevokeSecurityGroupEgress',
      input: {
        GroupId: 'sg-b',
        IpPermissions: [
          { IpProtocol: 'tcp', FromPort: 5000, ToPort: 5000, UserIdGroupPairs: [{ GroupId: 'sg-w' }] },
        ],
      },
    },
    { command: 'DeleteSecurityGroup', input: { GroupId: 'sg-w' } },
  ]);
});
