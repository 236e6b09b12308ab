// Authorising and describing the rules of the sandbox's security groups, through the SDK's client.
import {
  AuthorizeSecurityGroupEgressCommand,
  DescribeSecurityGroupRulesCommand,
  type IpPermission,
} from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { refusalOf } from '../../harness.ts';
import { ruleScene, tcpPort } from './rule-scene.ts';

test('a permission becomes one rule per peer, each with an id and tags, and the group still shows the permission', async () => {
  const { ec2, make, vpc, GroupId, authorize, permissions } = await ruleScene();
  const other = await make.group(vpc, 'other');
  const Tags = [{ Key: 'Name', Value: 'rule' }];
  const rules = await authorize({
    IpPermissions: [
      {
        IpProtocol: 'tcp',
        FromPort: 80,
        ToPort: 81,
        IpRanges: [{ CidrIp: '192.0.2.9/24', Description: 'us' }, { CidrIp: '198.51.100.0/24' }],
        Ipv6Ranges: [{ CidrIpv6: '::/0' }],
        UserIdGroupPairs: [{ GroupId: other, UserId: '000000000000', Description: 'them' }],
      },
    ],
    TagSpecifications: [{ ResourceType: 'security-group-rule', Tags }],
  });
  const common = { GroupId, IsEgress: false, IpProtocol: 'tcp', FromPort: 80, ToPort: 81, Tags };
  expect(rules).toMatchObject([
    { ...common, CidrIpv4: '192.0.2.0/24', Description: 'us' },
    { ...common, CidrIpv4: '198.51.100.0/24' },
    { ...common, CidrIpv6: '::/0' },
    { ...common, ReferencedGroupInfo: { GroupId: other }, Description: 'them' },
  ]);
  expect(await permissions()).toEqual([
    {
      IpProtocol: 'tcp',
      FromPort: 80,
      ToPort: 81,
      IpRanges: [{ CidrIp: '192.0.2.0/24', Description: 'us' }, { CidrIp: '198.51.100.0/24' }],
      Ipv6Ranges: [{ CidrIpv6: '::/0' }],
      PrefixListIds: [],
      UserIdGroupPairs: [{ GroupId: other, UserId: '000000000000', Description: 'them' }],
    },
  ]);
  const { SecurityGroupRules } = await ec2.send(
    new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'tag:Name', Values: ['rule'] }] }),
  );
  expect(SecurityGroupRules).toEqual(rules);
});

test('a rule can be given as flat parameters, with its protocol as a number', async () => {
  const { authorize } = await ruleScene();
  expect(
    await authorize({ IpProtocol: '6', FromPort: 22, ToPort: 22, CidrIp: '192.0.2.0/24' }),
  ).toMatchObject([{ IpProtocol: 'tcp', FromPort: 22, CidrIpv4: '192.0.2.0/24' }]);
});

test('a rule for all protocols has no ports', async () => {
  const { authorize, permissions } = await ruleScene();
  expect(await authorize([{ ...tcpPort(), IpProtocol: 'all' }])).toMatchObject([
    { IpProtocol: '-1', FromPort: -1, ToPort: -1 },
  ]);
  expect((await permissions())[0]).not.toHaveProperty('FromPort');
});

test('a call that repeats an existing rule is refused and adds no rules', async () => {
  const { authorize, permissions } = await ruleScene();
  await authorize([tcpPort(80)]);
  const before = await permissions();
  const sameRuleWithDescription = {
    ...tcpPort(80),
    IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'again' }],
  };
  expect(await refusalOf(authorize([tcpPort(81), sameRuleWithDescription]))).toEqual({
    code: 'InvalidPermission.Duplicate',
    message: 'the specified rule "peer: 0.0.0.0/0, TCP, from port: 80, to port: 80, ALLOW" already exists',
  });
  expect(await permissions()).toEqual(before);
  expect(await refusalOf(authorize([tcpPort(82), tcpPort(82)]))).toEqual({
    code: 'InvalidParameterValue',
    message: 'The same permission must not appear multiple times',
  });
});

test('authorising the default egress rule of a new group is refused as a duplicate', async () => {
  const { ec2, GroupId } = await ruleScene();
  const IpPermissions = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];
  const call = ec2.send(new AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions }));
  expect(await refusalOf(call)).toEqual({
    code: 'InvalidPermission.Duplicate',
    message: 'the specified rule "peer: 0.0.0.0/0, ALL, ALLOW" already exists',
  });
});

test.each<[IpPermission, string, string]>([
  [{ ...tcpPort(), ToPort: 65_536 }, 'InvalidPermission.Malformed', 'TCP/UDP port (65536) out of range'],
  [{ ...tcpPort(), FromPort: undefined }, 'InvalidPermission.Malformed', 'TCP/UDP port (-1) out of range'],
  [
    { ...tcpPort(), FromPort: undefined, ToPort: undefined },
    'InvalidParameterValue',
    "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.",
  ],
  [{ ...tcpPort(), FromPort: 90 }, 'InvalidParameterValue', 'Invalid TCP/UDP port range (90:80)'],
  [tcpPort(80, '0.0.0.0'), 'InvalidParameterValue', 'CIDR block 0.0.0.0 is malformed'],
  [
    { ...tcpPort(), IpRanges: [], Ipv6Ranges: [{ CidrIpv6: '::/129' }] },
    'InvalidParameterValue',
    'CIDR block ::/129 is malformed',
  ],
  [
    { ...tcpPort(), IpProtocol: 'tcpx' },
    'InvalidParameterValue',
    "Invalid value 'tcpx' for IP protocol. Unknown protocol.",
  ],
  [
    { ...tcpPort(), IpRanges: [] },
    'MissingParameter',
    'Missing source specification: include source security group or CIDR information',
  ],
  [
    { ...tcpPort(), IpRanges: [], UserIdGroupPairs: [{ GroupId: 'sg-0' }] },
    'InvalidGroup.NotFound',
    "The security group 'sg-0' does not exist",
  ],
])('a rule with the permission %j is refused with %s', async (permission, code, message) => {
  const { authorize } = await ruleScene();
  expect(await refusalOf(authorize([permission]))).toEqual({ code, message });
});

test('an unsupported member of a permission is refused with an error that names the member', async () => {
  const { authorize } = await ruleScene();
  const call = authorize([{ ...tcpPort(), PrefixListIds: [{ PrefixListId: 'pl-0' }] }]);
  expect(await refusalOf(call)).toMatchObject({
    code: 'NotImplemented',
    message: expect.stringContaining('PrefixListIds'),
  });
});

test('a description with an invalid character or more than 255 characters is refused', async () => {
  const { authorize } = await ruleScene();
  for (const Description of ['it´s', 'x'.repeat(256)]) {
    const call = authorize([{ ...tcpPort(), IpRanges: [{ CidrIp: '0.0.0.0/0', Description }] }]);
    expect(await refusalOf(call)).toMatchObject({ code: 'InvalidParameterValue' });
  }
});

test('a rule that refers to a group of another VPC is refused', async () => {
  const { make, authorize } = await ruleScene();
  const GroupId = await make.group(await make.vpc());
  const call = authorize([{ ...tcpPort(), IpRanges: [], UserIdGroupPairs: [{ GroupId }] }]);
  expect(await refusalOf(call)).toEqual({
    code: 'InvalidGroup.NotFound',
    message: 'You have specified two resources that belong to different networks.',
  });
});

test('a group can have sixty ingress rules, counted separately for IPv4 and IPv6', async () => {
  const { authorize } = await ruleScene();
  await authorize(Array.from({ length: 60 }, (_, i) => tcpPort(i + 1)));
  expect(await refusalOf(authorize([tcpPort(61)]))).toMatchObject({
    code: 'RulesPerSecurityGroupLimitExceeded',
  });
  await authorize([{ ...tcpPort(61), IpRanges: [], Ipv6Ranges: [{ CidrIpv6: '::/0' }] }]);
});
