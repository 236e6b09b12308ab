// The step for the subnets: the calls that it makes in each case.
import {
  CreateSubnetCommand,
  CreateTagsCommand,
  ModifySubnetAttributeCommand,
  DescribeSubnetsCommand,
} from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { subnets } from '../../../../provision/steps/subnets.ts';
import { toPascalCaseTags } from '../../../../lib/derive/tags.ts';
import {
  awsError,
  config,
  mocks,
  ourTags,
  provisionStep,
  sentCalls,
  surveyOf,
  diffOf,
} from '../../step-harness.ts';
import { network, networkWithout } from '../../network.ts';

const createCall = (key: string, CidrBlock: string, AvailabilityZone: string) => ({
  command: 'CreateSubnet',
  input: {
    VpcId: 'vpc-1',
    CidrBlock,
    AvailabilityZone,
    TagSpecifications: [{ ResourceType: 'subnet', Tags: toPascalCaseTags(ourTags('subnets', key)) }],
  },
});
/** The network without one subnet. */
const networkWithoutSubnet = (key: keyof ReturnType<typeof network>['subnets']) => {
  const found = network();
  const rest: Partial<typeof found.subnets> = found.subnets;
  delete rest[key];
  return found;
};
const scenario = { noun: 'subnets', ids: network() } as const;
const conflict = awsError('InvalidSubnet.Conflict', "The CIDR '10.0.0.0/20' conflicts with another subnet");
const commands = () => sentCalls().map(({ command }) => command);

test('creates when missing', async () => {
  mocks.ec2
    .on(CreateSubnetCommand)
    .callsFake(({ CidrBlock, AvailabilityZone }: { CidrBlock: string; AvailabilityZone: string }) => ({
      Subnet: { SubnetId: `subnet-${CidrBlock}`, AvailabilityZone },
    }));
  const { shortChanges, ids } = await provisionStep(subnets, {
    ...scenario,
    found: networkWithout('subnets'),
  });
  expect(shortChanges).toEqual([
    ['create', 'public-1'],
    ['create', 'public-2'],
    ['create', 'private-1'],
    ['create', 'private-2'],
  ]);
  expect(ids['private-2']).toEqual({ subnetId: 'subnet-10.0.144.0/20', zone: 'eu-west-1b' });
  expect(sentCalls()).toEqual([
    createCall('public-1', '10.0.0.0/20', 'eu-west-1a'),
    createCall('public-2', '10.0.16.0/20', 'eu-west-1b'),
    createCall('private-1', '10.0.128.0/20', 'eu-west-1a'),
    createCall('private-2', '10.0.144.0/20', 'eu-west-1b'),
  ]);
});

test('creates when missing: a public and a private subnet with the same number are in the same zone', async () => {
  mocks.ec2.on(CreateSubnetCommand).resolves({ Subnet: { SubnetId: 'subnet-c' } });
  const found = networkWithoutSubnet('private-1');
  found.subnets['public-1'].zone = 'eu-west-1c';
  const { ids } = await provisionStep(subnets, { ...scenario, found });
  expect(ids).toEqual({ 'private-1': { subnetId: 'subnet-c', zone: 'eu-west-1c' } });
  expect(sentCalls()).toEqual([createCall('private-1', '10.0.128.0/20', 'eu-west-1c')]);
});

test('creates when missing: an additional zone is chosen from those without a subnet', async () => {
  mocks.ec2.on(CreateSubnetCommand).resolves({ Subnet: { SubnetId: 'subnet-new' } });
  const found = network();
  found.subnets['public-2'].zone = 'eu-west-1c';
  found.subnets['private-2'].zone = 'eu-west-1c';
  const stack = config({ network: { cidr: '10.0.0.0/16', zones: 3 } });
  const { shortChanges } = await provisionStep(subnets, { ...scenario, config: stack, found });
  expect(shortChanges).toEqual([
    ['create', 'public-3'],
    ['create', 'private-3'],
  ]);
  expect(sentCalls()).toEqual([
    createCall('public-3', '10.0.32.0/20', 'eu-west-1b'),
    createCall('private-3', '10.0.160.0/20', 'eu-west-1b'),
  ]);
});

test('creates when missing: if the response to an earlier create was lost, our subnet with this block is adopted once its tags are visible', async () => {
  mocks.ec2.on(CreateSubnetCommand).rejects(conflict);
  mocks.ec2
    .on(DescribeSubnetsCommand)
    .resolvesOnce({})
    .resolves({
      Subnets: [
        {
          SubnetId: 'subnet-lost',
          VpcId: 'vpc-1',
          AvailabilityZone: 'eu-west-1a',
          Tags: toPascalCaseTags(ourTags('subnets', 'public-1')),
        },
      ],
    });
  const { ids } = await provisionStep(subnets, { ...scenario, found: networkWithoutSubnet('public-1') });
  expect(ids).toEqual({ 'public-1': { subnetId: 'subnet-lost', zone: 'eu-west-1a' } });
  expect(commands()).toEqual(['CreateSubnet', 'DescribeSubnets', 'DescribeSubnets']);
});

test('creates when missing: a call that does not find the new VPC yet is retried', async () => {
  mocks.ec2
    .on(CreateSubnetCommand)
    .rejectsOnce(awsError('InvalidVpcID.NotFound'))
    .resolves({ Subnet: { SubnetId: 'subnet-a' } });
  await provisionStep(subnets, { ...scenario, found: networkWithoutSubnet('public-1') });
  expect(commands()).toEqual(['CreateSubnet', 'CreateSubnet']);
});

test('adopts when present', async () => {
  const { shortChanges } = await provisionStep(subnets, { ...scenario, found: network() });
  expect(shortChanges).toEqual([]);
  expect(sentCalls()).toEqual([]);
});

test('adopts when present: a subnet keeps its zone even if the region no longer offers this zone', () => {
  const surveyWithOtherZones = { ...surveyOf(network()), zones: ['eu-west-1c', 'eu-west-1d'] };
  expect(diffOf(subnets, surveyWithOtherZones)).toEqual([]);
});

test('repairs drift', async () => {
  mocks.ec2.on(CreateTagsCommand).resolves({});
  const found = network();
  found.subnets['public-2'].tags = { ...found.subnets['public-2'].tags, Name: 'other' };
  const { shortChanges, ids } = await provisionStep(subnets, { ...scenario, found });
  expect(shortChanges).toEqual([['update', 'public-2', 'tag.Name']]);
  expect(ids).toEqual({ 'public-2': { subnetId: 'subnet-b', zone: 'eu-west-1b' } });
  expect(sentCalls()).toEqual([
    {
      command: 'CreateTags',
      input: { Resources: ['subnet-b'], Tags: toPascalCaseTags(ourTags('subnets', 'public-2')) },
    },
  ]);
});

test('repairs drift: a subnet that assigns public addresses is changed back', async () => {
  mocks.ec2.on(ModifySubnetAttributeCommand).resolves({});
  const found = network();
  found.subnets['private-1'].mapPublicIp = true;
  const { shortChanges } = await provisionStep(subnets, { ...scenario, found });
  expect(shortChanges).toEqual([['update', 'private-1', 'public addresses']]);
  expect(sentCalls()).toEqual([
    {
      command: 'ModifySubnetAttribute',
      input: { SubnetId: 'subnet-c', MapPublicIpOnLaunch: { Value: false } },
    },
  ]);
});

test('repairs drift: the subnets of a surplus zone are removed', async () => {
  const found = network();
  const more = { ...found.subnets, 'public-3': found.subnets['public-1'] };
  const { shortChanges } = await provisionStep(subnets, { ...scenario, found: { ...found, subnets: more } });
  expect(shortChanges).toEqual([['remove', 'public-3']]);
});

test('explains refusal: a foreign subnet with the same block is reported', async () => {
  mocks.ec2.on(CreateSubnetCommand).rejects(conflict);
  mocks.ec2.on(DescribeSubnetsCommand).resolves({ Subnets: [] });
  await expect(
    provisionStep(subnets, { ...scenario, found: networkWithoutSubnet('public-1') }),
  ).rejects.toMatchObject({
    code: 'FOREIGN',
    what: 'A resource that does not belong to this stack already uses the block 10.0.0.0/20 of vpc-1.',
    why: "The CIDR '10.0.0.0/20' conflicts with another subnet",
  });
});

test('explains refusal: a subnet in another VPC is refused, since it cannot move', async () => {
  const found = network();
  found.subnets['public-1'].vpcId = 'vpc-9';
  const { changes, shortChanges } = await provisionStep(subnets, { ...scenario, found });
  expect(shortChanges).toEqual([['refused', 'public-1']]);
  expect(changes[0]?.reason).toBe('it is in vpc-9, which is not the VPC of this stack');
  expect(sentCalls()).toEqual([]);
});

test('explains refusal: a subnet with another block is refused, since its block cannot change', async () => {
  const found = network();
  found.subnets['private-1'].cidr = '10.0.200.0/24';
  const { changes, shortChanges } = await provisionStep(subnets, { ...scenario, found });
  expect(shortChanges).toEqual([['refused', 'private-1']]);
  expect(changes[0]?.reason).toBe('its block is 10.0.200.0/24, and the block of a subnet cannot change');
  expect(sentCalls()).toEqual([]);
});
