// The step for the security groups: the calls that it makes in each case.
import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  DescribeSecurityGroupsCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  type IpPermission,
} from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { securityGroups } from '../../../../provision/steps/security-groups.ts';
import { ingressOf } from '../../../../lib/derive/stack-group-rules.ts';
import { knownAfter } from '../../../../lib/model/change.ts';
import type { GroupRule } from '../../../../lib/derive/security-group-rules.ts';
import { toPascalCaseTags } from '../../../../lib/derive/tags.ts';
import { awsError, config, mocks, ourTags, provisionStep, sentCalls } from '../../step-harness.ts';
import { network } from '../../network.ts';

const createCall = (key: string, Description: string) => ({
  command: 'CreateSecurityGroup',
  input: {
    VpcId: 'vpc-1',
    GroupName: `shop-dev-${key}`,
    Description,
    TagSpecifications: [
      { ResourceType: 'security-group', Tags: toPascalCaseTags(ourTags('securityGroups', key)) },
    ],
  },
});
const ruleCall = (command: string, GroupId: string, permission: IpPermission) => ({
  command,
  input: { GroupId, IpPermissions: [permission] },
});
const tcpPermission = (port: number, peer: object): IpPermission => ({
  IpProtocol: 'tcp',
  FromPort: port,
  ToPort: port,
  ...peer,
});
const anywhere = { IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
const balancer = { UserIdGroupPairs: [{ GroupId: 'sg-b' }] };
const allTraffic: IpPermission = { IpProtocol: '-1', ...anywhere };

const tcp = (port: number, peer: string): GroupRule => ({
  protocol: 'tcp',
  fromPort: port,
  toPort: port,
  peer,
});
const allEgress: GroupRule = { protocol: '-1', fromPort: -1, toPort: -1, peer: '0.0.0.0/0' };
const group = (key: string, groupId: string, ingress: GroupRule[], egress = [allEgress]) => ({
  groupId,
  vpcId: 'vpc-1',
  ingress,
  egress,
  tags: ourTags('securityGroups', key),
});
/** Both groups as configured. */
const groups = () => ({
  balancer: group('balancer', 'sg-b', [tcp(80, '0.0.0.0/0')], [tcp(5000, 'sg-w'), tcp(6000, 'sg-w')]),
  web: group('web', 'sg-w', [tcp(5000, 'sg-b'), tcp(6000, 'sg-b')]),
});
const scenario = (securityGroupsFound: Partial<ReturnType<typeof groups>>) =>
  ({
    noun: 'securityGroups',
    ids: network(),
    found: { ...network(), securityGroups: securityGroupsFound },
  }) as const;
const duplicate = awsError('InvalidGroup.Duplicate', "The security group 'shop-dev-web' already exists");
/** The response that describes a group. */
const describeResponse = (
  key: string,
  GroupId: string,
  IpPermissions: IpPermission[],
  IpPermissionsEgress = [allTraffic],
) => ({
  SecurityGroups: [
    {
      GroupId,
      GroupName: `shop-dev-${key}`,
      VpcId: 'vpc-1',
      IpPermissions,
      IpPermissionsEgress,
      Tags: toPascalCaseTags(ourTags('securityGroups', key)),
    },
  ],
});
const commands = () => sentCalls().map(({ command }) => command);

const toService = (port: number): IpPermission =>
  tcpPermission(port, { UserIdGroupPairs: [{ GroupId: 'sg-w' }] });
/** The calls that let the load balancer reach the ports of the service. */
const egressCalls = [5000, 6000].map((port) =>
  ruleCall('AuthorizeSecurityGroupEgress', 'sg-b', toService(port)),
);

/** Lets every call succeed. */
function mockSuccess() {
  mocks.ec2.on(CreateSecurityGroupCommand, { GroupName: 'shop-dev-balancer' }).resolves({ GroupId: 'sg-b' });
  mocks.ec2.on(CreateSecurityGroupCommand, { GroupName: 'shop-dev-web' }).resolves({ GroupId: 'sg-w' });
  for (const command of [
    AuthorizeSecurityGroupIngressCommand,
    AuthorizeSecurityGroupEgressCommand,
    RevokeSecurityGroupIngressCommand,
    RevokeSecurityGroupEgressCommand,
  ]) {
    mocks.ec2.on(command as typeof AuthorizeSecurityGroupIngressCommand).resolves({});
  }
  mocks.ec2.on(CreateTagsCommand).resolves({});
}

test('creates when missing', async () => {
  mockSuccess();
  const { shortChanges, ids, changes } = await provisionStep(securityGroups, scenario({}));
  expect(shortChanges).toEqual([
    ['create', 'balancer'],
    ['create', 'web'],
  ]);
  expect(ids).toEqual({ balancer: { groupId: 'sg-b' }, web: { groupId: 'sg-w' } });
  expect(changes[1]?.fields).toContainEqual({
    field: 'ingress',
    from: undefined,
    to: knownAfter('securityGroups.balancer'),
  });
  expect(sentCalls()).toEqual([
    createCall('balancer', 'Load balancer: HTTP from its clients'),
    ruleCall('AuthorizeSecurityGroupIngress', 'sg-b', tcpPermission(80, anywhere)),
    ruleCall('RevokeSecurityGroupEgress', 'sg-b', allTraffic),
    createCall('web', 'Tasks of web: from the load balancer alone'),
    ruleCall('AuthorizeSecurityGroupIngress', 'sg-w', tcpPermission(5000, balancer)),
    ruleCall('AuthorizeSecurityGroupIngress', 'sg-w', tcpPermission(6000, balancer)),
    ...egressCalls,
  ]);
});

test('the clients in the configuration are the only ones that the load balancer admits', () => {
  const domain = { ...config().domain, https: true } as NonNullable<ReturnType<typeof config>['domain']>;
  const clients = ['203.0.113.0/24', '2001:db8::/32'];
  expect(ingressOf(config({ clients, domain }), 'balancer', 'sg-b')).toEqual([
    tcp(80, '203.0.113.0/24'),
    tcp(80, '2001:db8::/32'),
    tcp(443, '203.0.113.0/24'),
    tcp(443, '2001:db8::/32'),
  ]);
  expect(ingressOf(config({ clients }), 'web', 'sg-b')).toEqual([tcp(5000, 'sg-b'), tcp(6000, 'sg-b')]);
});

test('creates when missing: if the response to an earlier create was lost, our group with this name is adopted, and its rules are corrected', async () => {
  mockSuccess();
  mocks.ec2.on(CreateSecurityGroupCommand).rejects(duplicate);
  mocks.ec2
    .on(DescribeSecurityGroupsCommand)
    .resolvesOnce({})
    .resolves(describeResponse('web', 'sg-w', [tcpPermission(5000, balancer), tcpPermission(22, anywhere)]));
  const { ids } = await provisionStep(
    securityGroups,
    scenario({ balancer: { ...groups().balancer, egress: [] } }),
  );
  expect(ids).toEqual({ web: { groupId: 'sg-w' } });
  expect(sentCalls().slice(3)).toEqual([
    ruleCall('AuthorizeSecurityGroupIngress', 'sg-w', tcpPermission(6000, balancer)),
    ruleCall('RevokeSecurityGroupIngress', 'sg-w', tcpPermission(22, anywhere)),
    ...egressCalls,
  ]);
});

test('creates when missing: if one rule already exists, the other rules are still added', async () => {
  mockSuccess();
  mocks.ec2
    .on(AuthorizeSecurityGroupIngressCommand, {
      GroupId: 'sg-w',
      IpPermissions: [tcpPermission(5000, balancer)],
    })
    .rejects(awsError('InvalidPermission.Duplicate'));
  await provisionStep(securityGroups, scenario({ balancer: { ...groups().balancer, egress: [] } }));
  expect(sentCalls().slice(1)).toEqual([
    ruleCall('AuthorizeSecurityGroupIngress', 'sg-w', tcpPermission(5000, balancer)),
    ruleCall('AuthorizeSecurityGroupIngress', 'sg-w', tcpPermission(6000, balancer)),
    ...egressCalls,
  ]);
});

test('creates when missing: a call that does not find the new group yet is retried', async () => {
  mockSuccess();
  mocks.ec2
    .on(AuthorizeSecurityGroupIngressCommand)
    .rejectsOnce(awsError('InvalidGroup.NotFound'))
    .resolves({});
  await provisionStep(securityGroups, scenario({ web: groups().web }));
  expect(sentCalls().slice(1)).toEqual([
    ...Array<unknown>(2).fill(ruleCall('AuthorizeSecurityGroupIngress', 'sg-b', tcpPermission(80, anywhere))),
    ruleCall('RevokeSecurityGroupEgress', 'sg-b', allTraffic),
    ...egressCalls,
  ]);
});

test('adopts when present', async () => {
  const { shortChanges } = await provisionStep(securityGroups, scenario(groups()));
  expect(shortChanges).toEqual([]);
  expect(sentCalls()).toEqual([]);
});

test('repairs drift', async () => {
  mockSuccess();
  const found = groups();
  found.web.ingress = [tcp(5000, 'sg-b'), tcp(22, '0.0.0.0/0')];
  found.balancer.tags = { ...found.balancer.tags, Name: 'other' };
  const { shortChanges } = await provisionStep(securityGroups, scenario(found));
  expect(shortChanges).toEqual([
    ['update', 'balancer', 'tag.Name'],
    ['update', 'web', 'ingress'],
  ]);
  expect(sentCalls()).toEqual([
    {
      command: 'CreateTags',
      input: { Resources: ['sg-b'], Tags: toPascalCaseTags(ourTags('securityGroups', 'balancer')) },
    },
    ruleCall('AuthorizeSecurityGroupIngress', 'sg-w', tcpPermission(6000, balancer)),
    ruleCall('RevokeSecurityGroupIngress', 'sg-w', tcpPermission(22, anywhere)),
  ]);
});

test("repairs drift: the tasks' old port stays open to the load balancer until the clean-up, when the tasks have been replaced", async () => {
  mockSuccess();
  const found = groups();
  found.web.ingress = [tcp(5000, 'sg-b'), tcp(6001, 'sg-b'), tcp(22, '0.0.0.0/0')];
  await provisionStep(securityGroups, scenario(found));
  expect(sentCalls()).toEqual([
    ruleCall('AuthorizeSecurityGroupIngress', 'sg-w', tcpPermission(6000, balancer)),
    ruleCall('RevokeSecurityGroupIngress', 'sg-w', tcpPermission(22, anywhere)),
    // The clean-up sends this call.
    ruleCall('RevokeSecurityGroupIngress', 'sg-w', tcpPermission(6001, balancer)),
  ]);
});

test('repairs drift: a revoked egress rule is restored, so that tasks can reach the internet', async () => {
  mockSuccess();
  const found = groups();
  found.web.egress = [tcp(443, '10.0.0.0/8')];
  const { shortChanges } = await provisionStep(securityGroups, scenario(found));
  expect(shortChanges).toEqual([['update', 'web', 'egress']]);
  expect(sentCalls()).toEqual([
    ruleCall('AuthorizeSecurityGroupEgress', 'sg-w', allTraffic),
    ruleCall(
      'RevokeSecurityGroupEgress',
      'sg-w',
      tcpPermission(443, { IpRanges: [{ CidrIp: '10.0.0.0/8' }] }),
    ),
  ]);
});

test('repairs drift: a load balancer that may connect to everything gets its rules first, and loses the others in the clean-up', async () => {
  mockSuccess();
  const found = groups();
  found.balancer.egress = [allEgress];
  mocks.ec2
    .on(DescribeSecurityGroupsCommand)
    .resolves(
      describeResponse('balancer', 'sg-b', [], [allTraffic, ...[5000, 6000].map((port) => toService(port))]),
    );
  const { shortChanges } = await provisionStep(securityGroups, scenario(found));
  expect(shortChanges).toEqual([
    ['update', 'balancer', 'egress'],
    ['update', 'web', 'balancer egress'],
  ]);
  expect(sentCalls().filter(({ command }) => command !== 'DescribeSecurityGroups')).toEqual([
    ...egressCalls,
    ruleCall('RevokeSecurityGroupEgress', 'sg-b', allTraffic),
  ]);
});

test('repairs drift: a load balancer that a run on one service leaves without rules for another service may still connect to everything', async () => {
  mockSuccess();
  const found = groups();
  found.balancer.egress = [allEgress];
  mocks.ec2.on(DescribeSecurityGroupsCommand).resolves(describeResponse('balancer', 'sg-b', []));
  await provisionStep(securityGroups, scenario(found));
  expect(commands()).not.toContain('RevokeSecurityGroupEgress');
});

test('repairs drift: the load balancer reaches the old port of a service until the clean-up, and never another one', async () => {
  mockSuccess();
  const found = groups();
  found.balancer.egress = [tcp(5000, 'sg-w'), tcp(6001, 'sg-w'), tcp(22, '10.0.0.0/8')];
  mocks.ec2
    .on(DescribeSecurityGroupsCommand)
    .resolves(describeResponse('balancer', 'sg-b', [], [toService(5000), toService(6000)]));
  const { shortChanges } = await provisionStep(securityGroups, scenario(found));
  expect(shortChanges).toEqual([
    ['update', 'balancer', 'egress'],
    ['update', 'web', 'balancer egress'],
  ]);
  expect(sentCalls().filter(({ command }) => command !== 'DescribeSecurityGroups')[0]).toEqual(
    egressCalls[1],
  );
  expect(sentCalls()).toContainEqual(ruleCall('RevokeSecurityGroupEgress', 'sg-b', toService(6001)));
});

test('repairs drift: it is no error if a surplus rule is already revoked', async () => {
  mockSuccess();
  mocks.ec2.on(RevokeSecurityGroupIngressCommand).rejects(awsError('InvalidPermission.NotFound'));
  const found = groups();
  found.balancer.ingress.push(tcp(22, '0.0.0.0/0'));
  const { ids } = await provisionStep(securityGroups, scenario(found));
  expect(ids).toEqual({ balancer: { groupId: 'sg-b' } });
});

test('repairs drift: the group of a service that is no longer configured is removed', async () => {
  const { shortChanges } = await provisionStep(securityGroups, {
    ...scenario(groups()),
    config: config({ services: [] }),
  });
  expect(shortChanges).toEqual([
    ['remove', 'balancer'],
    ['remove', 'web'],
  ]);
});

test('explains refusal: a foreign group with the same name is reported', async () => {
  mocks.ec2.on(CreateSecurityGroupCommand).rejects(duplicate);
  mocks.ec2.on(DescribeSecurityGroupsCommand).resolves({});
  await expect(
    provisionStep(securityGroups, scenario({ balancer: { ...groups().balancer, egress: [] } })),
  ).rejects.toMatchObject({
    code: 'FOREIGN',
    what: 'A resource that does not belong to this stack already uses the name shop-dev-web in vpc-1.',
    why: "The security group 'shop-dev-web' already exists",
  });
});

test('throws the error when AWS refuses a call: an exceeded quota', async () => {
  const refusal = awsError(
    'SecurityGroupLimitExceeded',
    'The maximum number of security groups has been reached.',
  );
  mocks.ec2.on(CreateSecurityGroupCommand).rejects(refusal);
  await expect(provisionStep(securityGroups, scenario({}))).rejects.toBe(refusal);
  expect(commands()).toEqual(['CreateSecurityGroup']);
});

test('explains refusal: a group in another VPC is refused, since it cannot move', async () => {
  const found = groups();
  found.web.vpcId = 'vpc-9';
  const { changes, shortChanges } = await provisionStep(securityGroups, scenario(found));
  expect(shortChanges).toEqual([['refused', 'web']]);
  expect(changes[0]?.reason).toBe('it is in vpc-9, which is not the VPC of this stack');
  expect(sentCalls()).toEqual([]);
});

test('the internet reaches the load balancer, and only the load balancer reaches the ports of the tasks', () => {
  expect(ingressOf(config(), 'balancer', 'sg-b')).toEqual([tcp(80, '0.0.0.0/0')]);
  expect(ingressOf(config(), 'web', 'sg-b')).toEqual([tcp(5000, 'sg-b'), tcp(6000, 'sg-b')]);
});

test('repairs drift: without a route, the group of the load balancer is removed, and the tasks admit no one', async () => {
  mockSuccess();
  const services = config().services.map((service) => ({
    ...service,
    containers: service.containers.map((container) => ({ ...container, path: undefined })),
  }));
  const { shortChanges } = await provisionStep(securityGroups, {
    ...scenario(groups()),
    config: config({ services }),
  });
  expect(shortChanges).toEqual([
    ['update', 'web', 'ingress'],
    ['remove', 'balancer'],
  ]);
  expect(commands()).toEqual(['RevokeSecurityGroupIngress', 'RevokeSecurityGroupIngress']);
});

test('a container without a path gets no ingress rule', () => {
  const [service] = config().services;
  if (!service) throw new Error('The test configuration has a service.');
  const containers = service.containers.map((container) => ({ ...container, path: undefined }));
  expect(ingressOf(config({ services: [{ ...service, containers }] }), 'web', 'sg-b')).toEqual([]);
});
