// The step for the VPC: the calls that it makes in each case.
import {
  CreateTagsCommand,
  CreateVpcCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
  DescribeSecurityGroupsCommand,
  ModifyVpcAttributeCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { vpc } from '../../../../provision/steps/vpc.ts';
import { toPascalCaseTags } from '../../../../lib/derive/tags.ts';
import { awsError, config, mocks, ourTags, provisionStep, sentCalls } from '../../step-harness.ts';
import { network } from '../../network.ts';

const found = network().vpc[''];
const createCall = {
  command: 'CreateVpc',
  input: {
    CidrBlock: '10.0.0.0/16',
    TagSpecifications: [{ ResourceType: 'vpc', Tags: toPascalCaseTags(ourTags('vpc')) }],
  },
};
const hostnamesCall = (VpcId: string) => ({
  command: 'ModifyVpcAttribute',
  input: { VpcId, EnableDnsHostnames: { Value: true } },
});
const defaultGroupCall = {
  command: 'DescribeSecurityGroups',
  input: {
    Filters: [
      { Name: 'vpc-id', Values: ['vpc-1'] },
      { Name: 'group-name', Values: ['default'] },
    ],
  },
};
const itself = { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: 'sg-default' }] };
const everywhere = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
const defaultGroup = { GroupId: 'sg-default', IpPermissions: [itself], IpPermissionsEgress: [everywhere] };
const revocation = (direction: string, permission: object) => ({
  command: `RevokeSecurityGroup${direction}`,
  input: { GroupId: 'sg-default', IpPermissions: [permission] },
});
const describeResponse = (...ids: string[]) => ({
  Vpcs: ids.map((VpcId) => ({ VpcId, CidrBlock: '10.0.0.0/16', Tags: toPascalCaseTags(ourTags('vpc')) })),
});
const commands = () => sentCalls().map(({ command }) => command);

test('creates when missing', async () => {
  mocks.ec2.on(CreateVpcCommand).resolves({ Vpc: { VpcId: 'vpc-1' } });
  mocks.ec2.on(ModifyVpcAttributeCommand).resolves({});
  const { shortChanges, ids } = await provisionStep(vpc, { noun: 'vpc' });
  expect(shortChanges).toEqual([['create', '']]);
  expect(ids).toEqual({ '': { vpcId: 'vpc-1' } });
  expect(sentCalls()).toEqual([createCall, hostnamesCall('vpc-1'), defaultGroupCall]);
});

test('creates when missing: after a lost response, the step looks for the resource by its tags before it sends the create again', async () => {
  mocks.ec2.on(CreateVpcCommand).rejectsOnce(awsError('InternalError', 'oops', 500));
  mocks.ec2.on(DescribeVpcsCommand).resolvesOnce({ Vpcs: [] }).resolves(describeResponse('vpc-lost'));
  mocks.ec2.on(DescribeVpcAttributeCommand).resolves({ EnableDnsHostnames: { Value: false } });
  mocks.ec2.on(ModifyVpcAttributeCommand).resolves({});
  const { ids } = await provisionStep(vpc, { noun: 'vpc' });
  expect(ids).toEqual({ '': { vpcId: 'vpc-lost' } });
  expect(commands().filter((command) => command === 'CreateVpc')).toHaveLength(1);
});

test('creates when missing: a response without an id counts as lost', async () => {
  mocks.ec2.on(CreateVpcCommand).resolves({});
  mocks.ec2.on(DescribeVpcsCommand).resolves(describeResponse('vpc-lost'));
  mocks.ec2.on(DescribeVpcAttributeCommand).resolves({});
  mocks.ec2.on(ModifyVpcAttributeCommand).resolves({});
  const { ids } = await provisionStep(vpc, { noun: 'vpc' });
  expect(ids).toEqual({ '': { vpcId: 'vpc-lost' } });
});

test('creates when missing: before the create is sent, the step looks for a resource that an earlier run may have created', async () => {
  mocks.ec2.on(DescribeVpcsCommand).resolves(describeResponse('vpc-before'));
  mocks.ec2.on(DescribeVpcAttributeCommand).resolves({});
  mocks.ec2.on(ModifyVpcAttributeCommand).resolves({});
  const { ids } = await provisionStep(vpc, { noun: 'vpc', isResumed: true });
  expect(ids).toEqual({ '': { vpcId: 'vpc-before' } });
  expect(commands()).toEqual([
    'DescribeVpcs',
    'DescribeVpcAttribute',
    'DescribeVpcAttribute',
    'DescribeSecurityGroups',
    'ModifyVpcAttribute',
    'DescribeSecurityGroups',
  ]);
});

test('creates when missing: a call that does not find the new id yet is retried', async () => {
  mocks.ec2.on(CreateVpcCommand).resolves({ Vpc: { VpcId: 'vpc-1' } });
  mocks.ec2.on(ModifyVpcAttributeCommand).rejectsOnce(awsError('InvalidVpcID.NotFound')).resolves({});
  await provisionStep(vpc, { noun: 'vpc' });
  expect(sentCalls()).toEqual([createCall, hostnamesCall('vpc-1'), hostnamesCall('vpc-1'), defaultGroupCall]);
});

test('adopts when present', async () => {
  const { shortChanges } = await provisionStep(vpc, { noun: 'vpc', found: { vpc: { '': found } } });
  expect(shortChanges).toEqual([]);
  expect(sentCalls()).toEqual([]);
});

test('adopts when present: if two VPCs have the same key, one is kept and the other is removed', async () => {
  const twins = { '': found, '~2': { ...found, vpcId: 'vpc-2' } };
  const { shortChanges } = await provisionStep(vpc, { noun: 'vpc', found: { vpc: twins } });
  expect(shortChanges).toEqual([['remove', '~2']]);
  expect(sentCalls()).toEqual([]);
});

test('repairs drift', async () => {
  mocks.ec2.on(ModifyVpcAttributeCommand).resolves({});
  mocks.ec2.on(CreateTagsCommand).resolves({});
  const { shortChanges } = await provisionStep(vpc, {
    noun: 'vpc',
    found: { vpc: { '': { ...found, dnsHostnames: false, tags: { ...found.tags, Name: 'other' } } } },
  });
  expect(shortChanges).toEqual([['update', '', 'dns.hostnames', 'tag.Name']]);
  expect(sentCalls()).toEqual([
    hostnamesCall('vpc-1'),
    { command: 'CreateTags', input: { Resources: ['vpc-1'], Tags: toPascalCaseTags(ourTags('vpc')) } },
  ]);
});

test('repairs drift: DNS support is enabled before DNS hostnames, which require DNS support', async () => {
  mocks.ec2.on(ModifyVpcAttributeCommand).resolves({});
  await provisionStep(vpc, {
    noun: 'vpc',
    found: { vpc: { '': { ...found, dnsSupport: false, dnsHostnames: false } } },
  });
  expect(sentCalls()).toEqual([
    { command: 'ModifyVpcAttribute', input: { VpcId: 'vpc-1', EnableDnsSupport: { Value: true } } },
    hostnamesCall('vpc-1'),
  ]);
});

test('creates when missing: the default group is emptied, as soon as AWS shows it', async () => {
  mocks.ec2
    .on(CreateVpcCommand)
    .resolves({ Vpc: { VpcId: 'vpc-1' } })
    .on(ModifyVpcAttributeCommand)
    .resolves({})
    .on(DescribeSecurityGroupsCommand)
    .resolvesOnce({})
    .resolvesOnce({ SecurityGroups: [defaultGroup] })
    .resolves({ SecurityGroups: [{ GroupId: 'sg-default' }] })
    .on(RevokeSecurityGroupIngressCommand)
    .resolves({})
    .on(RevokeSecurityGroupEgressCommand)
    .resolves({});
  await provisionStep(vpc, { noun: 'vpc' });
  expect(sentCalls().slice(2)).toEqual([
    defaultGroupCall,
    defaultGroupCall,
    revocation('Ingress', itself),
    revocation('Egress', everywhere),
    defaultGroupCall,
  ]);
});

test('repairs drift: a rule that someone gave the default group is revoked', async () => {
  mocks.ec2
    .on(DescribeSecurityGroupsCommand)
    .resolvesOnce({ SecurityGroups: [{ ...defaultGroup, IpPermissions: [] }] })
    .resolves({ SecurityGroups: [{ GroupId: 'sg-default' }] })
    .on(RevokeSecurityGroupEgressCommand)
    .resolves({});
  const egress = [{ protocol: '-1', fromPort: -1, toPort: -1, peer: '0.0.0.0/0' }];
  const changed = { ...found, defaultGroup: { groupId: 'sg-default', ingress: [], egress } };
  const { shortChanges, changes } = await provisionStep(vpc, {
    noun: 'vpc',
    found: { vpc: { '': changed } },
  });
  expect(shortChanges).toEqual([['update', '', 'default group']]);
  expect(changes[0]?.fields).toEqual([
    { field: 'default group', from: 'in: ; out: everything 0.0.0.0/0', to: 'no rules' },
  ]);
  expect(sentCalls()).toEqual([defaultGroupCall, revocation('Egress', everywhere), defaultGroupCall]);
});

test('throws the error when AWS refuses a call', async () => {
  mocks.ec2
    .on(CreateVpcCommand)
    .rejects(awsError('VpcLimitExceeded', 'The maximum number of VPCs has been reached.'));
  await expect(provisionStep(vpc, { noun: 'vpc' })).rejects.toMatchObject({
    message: 'The maximum number of VPCs has been reached.',
  });
  expect(commands()).toEqual(['CreateVpc']);
});

test('explains refusal: a VPC with another block is refused, since its block cannot change', async () => {
  const { changes, shortChanges } = await provisionStep(vpc, {
    noun: 'vpc',
    config: config({ network: { cidr: '10.9.0.0/16', zones: 2 } }),
    found: { vpc: { '': found } },
  });
  expect(shortChanges).toEqual([['refused', '']]);
  expect(changes[0]?.reason).toBe(
    'its block is 10.0.0.0/16, and the block of a VPC cannot change: keep network.cidr, or tear the stack down first',
  );
  expect(sentCalls()).toEqual([]);
});
