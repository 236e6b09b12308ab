// The look for the VPC: how it reads AWS's responses.
import {
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
} from '@aws-sdk/client-ec2';
import { beforeEach, expect, test } from '@jest/globals';
import { inAnotherVpc, lookVpc } from '../../../../lib/look/vpc.ts';
import { toPascalCaseTags } from '../../../../lib/derive/tags.ts';
import { awsError, mocks, ourTags, lookContextOf, sentCalls, surveyOf } from '../../step-harness.ts';
import { network } from '../../network.ts';

const Filters = [{ Name: 'tag:slipway:stack', Values: ['shop-dev'] }];
const vpc = (VpcId: string) => ({
  VpcId,
  CidrBlock: '10.0.0.0/16',
  State: 'available' as const,
  Tags: toPascalCaseTags(ourTags('vpc')),
});
const expected = network().vpc[''];

beforeEach(() => {
  mocks.ec2
    .on(DescribeVpcAttributeCommand, { Attribute: 'enableDnsSupport' })
    .resolves({ EnableDnsSupport: { Value: true } });
  mocks.ec2
    .on(DescribeVpcAttributeCommand, { Attribute: 'enableDnsHostnames' })
    .resolves({ EnableDnsHostnames: { Value: true } });
});

test('without resources of this stack, the look returns an empty result', async () => {
  mocks.ec2.on(DescribeVpcsCommand).resolves({ Vpcs: [] });
  expect(await lookVpc(lookContextOf())).toEqual(new Map());
  expect(sentCalls()).toEqual([{ command: 'DescribeVpcs', input: { Filters } }]);
});

test('our VPC is returned with its attributes, which need separate calls', async () => {
  mocks.ec2.on(DescribeVpcsCommand).resolves({ Vpcs: [vpc('vpc-1')] });
  expect(await lookVpc(lookContextOf())).toEqual(new Map([['', expected]]));
  expect(sentCalls().slice(1)).toEqual([
    { command: 'DescribeVpcAttribute', input: { VpcId: 'vpc-1', Attribute: 'enableDnsSupport' } },
    { command: 'DescribeVpcAttribute', input: { VpcId: 'vpc-1', Attribute: 'enableDnsHostnames' } },
    {
      command: 'DescribeSecurityGroups',
      input: {
        Filters: [
          { Name: 'vpc-id', Values: ['vpc-1'] },
          { Name: 'group-name', Values: ['default'] },
        ],
      },
    },
  ]);
});

test('the rules of the default group are read', async () => {
  mocks.ec2.on(DescribeVpcsCommand).resolves({ Vpcs: [vpc('vpc-1')] });
  const everything = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
  mocks.ec2
    .on(DescribeSecurityGroupsCommand)
    .resolves({ SecurityGroups: [{ GroupId: 'sg-default', IpPermissionsEgress: [everything] }] });
  expect([...(await lookVpc(lookContextOf())).values()]).toMatchObject([
    { defaultGroup: { groupId: 'sg-default', ingress: [], egress: [{ protocol: '-1', peer: '0.0.0.0/0' }] } },
  ]);
});

test('a VPC attribute that AWS does not report counts as off', async () => {
  mocks.ec2.on(DescribeVpcsCommand).resolves({ Vpcs: [vpc('vpc-1')] });
  mocks.ec2.on(DescribeVpcAttributeCommand).resolves({});
  expect([...(await lookVpc(lookContextOf())).values()]).toEqual([
    { ...expected, dnsSupport: false, dnsHostnames: false },
  ]);
});

test('the look reads all pages', async () => {
  mocks.ec2.on(DescribeVpcsCommand, { NextToken: undefined }).resolves({ Vpcs: [], NextToken: 'more' });
  mocks.ec2.on(DescribeVpcsCommand, { NextToken: 'more' }).resolves({ Vpcs: [vpc('vpc-1')] });
  expect([...(await lookVpc(lookContextOf())).keys()]).toEqual(['']);
});

test('a VPC that is deleted during the look is absent', async () => {
  mocks.ec2.on(DescribeVpcsCommand).resolves({ Vpcs: [vpc('vpc-1')] });
  mocks.ec2.on(DescribeVpcAttributeCommand).rejects(awsError('InvalidVpcID.NotFound'));
  expect(await lookVpc(lookContextOf())).toEqual(new Map());
});

test('a denied look fails, since a VPC that cannot be seen may exist', async () => {
  const denied = awsError('UnauthorizedOperation', 'no', 403);
  mocks.ec2.on(DescribeVpcsCommand).rejects(denied);
  await expect(lookVpc(lookContextOf())).rejects.toBe(denied);
});

test('of two VPCs with the same key, the one with our subnets keeps the key', async () => {
  mocks.ec2.on(DescribeVpcsCommand).resolves({ Vpcs: [vpc('vpc-empty'), vpc('vpc-1')] });
  mocks.ec2.on(DescribeSubnetsCommand).resolves({ Subnets: [{ SubnetId: 'subnet-a', VpcId: 'vpc-1' }] });
  const keys = [...(await lookVpc(lookContextOf()))].map(([key, { vpcId }]) => [key, vpcId]);
  expect(keys).toEqual([
    ['', 'vpc-1'],
    ['~2', 'vpc-empty'],
  ]);
  expect(sentCalls()).toContainEqual({ command: 'DescribeSubnets', input: { Filters } });
});

test('a resource in another VPC is recognised, even if the stack has no VPC', () => {
  const resource = { vpcId: 'vpc-1' };
  expect(inAnotherVpc(surveyOf(network()))(resource)).toBeUndefined();
  expect(inAnotherVpc(surveyOf())(resource)).toBe('it is in vpc-1, which is not the VPC of this stack');
});
