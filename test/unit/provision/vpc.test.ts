// The step that builds the VPC: what it sends in each case.
import {
  CreateTagsCommand,
  CreateVpcCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
  ModifyVpcAttributeCommand,
} from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { vpc } from '../../../provision/vpc.ts';
import { upper } from '../../../lib/tags.ts';
import { awsError, mocks, ourTags, provisionStep, sent } from '../act.ts';

const found = {
  vpcId: 'vpc-1',
  cidr: '10.0.0.0/16',
  state: 'available',
  dnsSupport: true,
  dnsHostnames: true,
  tags: ourTags('vpc'),
};

test('creates when missing', async () => {
  mocks.ec2.on(CreateVpcCommand).resolves({ Vpc: { VpcId: 'vpc-1' } });
  mocks.ec2.on(ModifyVpcAttributeCommand).resolves({});
  const { verbs, ids } = await provisionStep(vpc, { name: 'vpc' });
  expect(verbs).toEqual([['create', '']]);
  expect(ids).toEqual({ '': { vpcId: 'vpc-1' } });
  expect(sent()).toEqual([
    {
      command: 'CreateVpc',
      input: {
        CidrBlock: '10.0.0.0/16',
        TagSpecifications: [{ ResourceType: 'vpc', Tags: upper(ourTags('vpc')) }],
      },
    },
    { command: 'ModifyVpcAttribute', input: { VpcId: 'vpc-1', EnableDnsHostnames: { Value: true } } },
  ]);
});

test('creates when missing: a lost answer is looked for by tags before anything is sent again', async () => {
  mocks.ec2.on(CreateVpcCommand).rejectsOnce(awsError('InternalError', 'oops', 500));
  mocks.ec2
    .on(DescribeVpcsCommand)
    .resolvesOnce({ Vpcs: [] })
    .resolves({ Vpcs: [{ VpcId: 'vpc-lost', CidrBlock: '10.0.0.0/16', Tags: upper(ourTags('vpc')) }] });
  mocks.ec2.on(DescribeVpcAttributeCommand).resolves({ EnableDnsHostnames: { Value: false } });
  mocks.ec2.on(ModifyVpcAttributeCommand).resolves({});
  const { ids } = await provisionStep(vpc, { name: 'vpc' });
  expect(ids).toEqual({ '': { vpcId: 'vpc-lost' } });
  expect(sent().filter(({ command }) => command === 'CreateVpc')).toHaveLength(1);
});

test('adopts when present', async () => {
  const { verbs } = await provisionStep(vpc, { name: 'vpc', found: { vpc: { '': found } } });
  expect(verbs).toEqual([]);
  expect(sent()).toEqual([]);
});

test('repairs drift', async () => {
  mocks.ec2.on(ModifyVpcAttributeCommand).resolves({});
  mocks.ec2.on(CreateTagsCommand).resolves({});
  const { verbs } = await provisionStep(vpc, {
    name: 'vpc',
    found: { vpc: { '': { ...found, dnsHostnames: false, tags: { ...found.tags, Name: 'other' } } } },
  });
  expect(verbs).toEqual([['update', '', 'dns.hostnames', 'tag.Name']]);
  expect(sent()).toEqual([
    { command: 'ModifyVpcAttribute', input: { VpcId: 'vpc-1', EnableDnsHostnames: { Value: true } } },
    { command: 'CreateTags', input: { Resources: ['vpc-1'], Tags: upper(ourTags('vpc')) } },
  ]);
});

test('explains refusal', async () => {
  mocks.ec2
    .on(CreateVpcCommand)
    .rejects(awsError('VpcLimitExceeded', 'The maximum number of VPCs has been reached.'));
  await expect(provisionStep(vpc, { name: 'vpc' })).rejects.toMatchObject({
    message: 'The maximum number of VPCs has been reached.',
  });
  expect(sent().map(({ command }) => command)).toEqual(['CreateVpc']);
});
