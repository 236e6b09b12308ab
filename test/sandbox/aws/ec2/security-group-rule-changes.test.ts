// Revoking and modifying the rules of the sandbox's security groups, through the SDK's client.
import {
  DescribeSecurityGroupRulesCommand,
  RevokeSecurityGroupEgressCommand,
  UpdateSecurityGroupRuleDescriptionsEgressCommand,
  UpdateSecurityGroupRuleDescriptionsIngressCommand,
} from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { refusalOf } from '../../harness.ts';
import { ruleScene, tcpPort } from './rule-scene.ts';
import { required } from './scene.ts';

test('a rule can be revoked by its content or by its id, but not a second time', async () => {
  const { authorize, revoke, permissions } = await ruleScene();
  const [first, second] = await authorize([tcpPort(80), tcpPort(81)]);
  const response = await revoke({ IpPermissions: [tcpPort(80)] });
  expect(response.RevokedSecurityGroupRules).toMatchObject([
    { SecurityGroupRuleId: first?.SecurityGroupRuleId, CidrIpv4: '0.0.0.0/0' },
  ]);
  expect(await refusalOf(revoke({ IpPermissions: [tcpPort(80)] }))).toEqual({
    code: 'InvalidPermission.NotFound',
    message: 'The specified rule does not exist in this security group.',
  });
  const SecurityGroupRuleIds = [required(second?.SecurityGroupRuleId)];
  await revoke({ SecurityGroupRuleIds });
  expect(await refusalOf(revoke({ SecurityGroupRuleIds }))).toMatchObject({
    code: 'InvalidSecurityGroupRuleId.NotFound',
  });
  expect(await permissions()).toEqual([]);
});

test('a revoke call that names an unknown rule revokes no rule', async () => {
  const { authorize, revoke, permissions } = await ruleScene();
  await authorize([tcpPort(80)]);
  expect(await refusalOf(revoke({ IpPermissions: [tcpPort(80), tcpPort(81)] }))).toMatchObject({
    code: 'InvalidPermission.NotFound',
  });
  expect(await permissions()).toHaveLength(1);
  expect(await refusalOf(revoke({}))).toMatchObject({ code: 'MissingParameter' });
});

test('the default egress rule can be revoked', async () => {
  const { ec2, GroupId } = await ruleScene();
  const IpPermissions = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];
  await ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions }));
  const { SecurityGroupRules } = await ec2.send(
    new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: [GroupId] }] }),
  );
  expect(SecurityGroupRules).toEqual([]);
});

test('a rule can be modified by its id, but not into a duplicate of another rule', async () => {
  const { authorize, modify, permissions } = await ruleScene();
  const [rule] = await authorize([tcpPort(80)]);
  await authorize([tcpPort(81)]);
  const id = rule?.SecurityGroupRuleId;
  await modify(id, { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIpv4: '192.0.2.0/24' });
  expect(await permissions()).toMatchObject([
    { FromPort: 443, IpRanges: [{ CidrIp: '192.0.2.0/24' }] },
    { FromPort: 81 },
  ]);
  const taken = { IpProtocol: 'tcp', FromPort: 81, ToPort: 81, CidrIpv4: '0.0.0.0/0' };
  expect(await refusalOf(modify(id, taken))).toMatchObject({ code: 'InvalidPermission.Duplicate' });
  expect(await refusalOf(modify(id, { ...taken, CidrIpv6: '::/0' }))).toMatchObject({
    code: 'InvalidParameterCombination',
  });
  expect(await refusalOf(modify('sgr-0', taken))).toMatchObject({
    code: 'InvalidSecurityGroupRuleId.NotFound',
  });
});

test('the description of a rule can be updated without changing the rest of the rule', async () => {
  const { ec2, GroupId, authorize, permissions } = await ruleScene();
  const [rule] = await authorize([tcpPort(80)]);
  const IpRanges = [{ CidrIp: '0.0.0.0/0', Description: 'the world' }];
  await ec2.send(
    new UpdateSecurityGroupRuleDescriptionsIngressCommand({
      GroupId,
      IpPermissions: [{ ...tcpPort(80), IpRanges }],
    }),
  );
  expect(await permissions()).toMatchObject([{ IpRanges }]);
  const SecurityGroupRuleId = rule?.SecurityGroupRuleId;
  const SecurityGroupRuleDescriptions = [{ SecurityGroupRuleId, Description: 'everyone' }];
  await ec2.send(
    new UpdateSecurityGroupRuleDescriptionsIngressCommand({ GroupId, SecurityGroupRuleDescriptions }),
  );
  expect(await permissions()).toMatchObject([{ IpRanges: [{ Description: 'everyone' }] }]);
  const egress = new UpdateSecurityGroupRuleDescriptionsEgressCommand({
    GroupId,
    SecurityGroupRuleDescriptions,
  });
  expect(await refusalOf(ec2.send(egress))).toMatchObject({ code: 'InvalidSecurityGroupRuleId.NotFound' });
  const absent = new UpdateSecurityGroupRuleDescriptionsIngressCommand({
    GroupId,
    IpPermissions: [tcpPort(9)],
  });
  expect(await refusalOf(ec2.send(absent))).toMatchObject({ code: 'InvalidPermission.NotFound' });
});
