// The look for subnets and zones: how it reads AWS's responses.
import { DescribeAvailabilityZonesCommand, DescribeSubnetsCommand } from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { lookSubnets, lookAvailabilityZones } from '../../../../lib/look/subnets.ts';
import { toPascalCaseTags } from '../../../../lib/derive/tags.ts';
import { mocks, ourTags, lookContextOf, sentCalls } from '../../step-harness.ts';
import { network } from '../../network.ts';

const subnet = (key: string, SubnetId: string, CidrBlock: string, AvailabilityZone: string) => ({
  SubnetId,
  VpcId: 'vpc-1',
  CidrBlock,
  AvailabilityZone,
  State: 'available' as const,
  MapPublicIpOnLaunch: false,
  Tags: toPascalCaseTags(ourTags('subnets', key)),
});
const A = subnet('public-1', 'subnet-a', '10.0.0.0/20', 'eu-west-1a');
const B = subnet('public-2', 'subnet-b', '10.0.16.0/20', 'eu-west-1b');
const { subnets } = network();

test('without resources of this stack, the look returns an empty result', async () => {
  mocks.ec2.on(DescribeSubnetsCommand).resolves({});
  expect(await lookSubnets(lookContextOf())).toEqual(new Map());
  expect(sentCalls()).toEqual([
    {
      command: 'DescribeSubnets',
      input: { Filters: [{ Name: 'tag:slipway:stack', Values: ['shop-dev'] }] },
    },
  ]);
});

test('our subnets are keyed by their tags, across all pages', async () => {
  mocks.ec2
    .on(DescribeSubnetsCommand, { NextToken: undefined })
    .resolves({ Subnets: [B], NextToken: 'more' });
  mocks.ec2.on(DescribeSubnetsCommand, { NextToken: 'more' }).resolves({ Subnets: [A] });
  const found = await lookSubnets(lookContextOf());
  expect(found).toEqual(
    new Map([
      ['public-2', subnets['public-2']],
      ['public-1', subnets['public-1']],
    ]),
  );
});

test('a second subnet with the same key gets a key that is never desired', async () => {
  mocks.ec2.on(DescribeSubnetsCommand).resolves({ Subnets: [A, { ...A, SubnetId: 'subnet-z' }] });
  expect([...(await lookSubnets(lookContextOf())).keys()]).toEqual(['public-1', 'public-1~2']);
});

test('several looks at subnets in the same survey share one call', async () => {
  mocks.ec2.on(DescribeSubnetsCommand).resolves({ Subnets: [A] });
  const lookContext = lookContextOf();
  await Promise.all([lookSubnets(lookContext), lookSubnets(lookContext)]);
  expect(sentCalls()).toHaveLength(1);
});

test('the look for zones returns the available zones in order, without local zones', async () => {
  mocks.ec2.on(DescribeAvailabilityZonesCommand).resolves({
    AvailabilityZones: [{ ZoneName: 'eu-west-1c' }, { ZoneName: 'eu-west-1a' }, { ZoneName: 'eu-west-1b' }],
  });
  expect(await lookAvailabilityZones(lookContextOf())).toEqual(['eu-west-1a', 'eu-west-1b', 'eu-west-1c']);
  expect(sentCalls()).toEqual([
    {
      command: 'DescribeAvailabilityZones',
      input: {
        Filters: [
          { Name: 'state', Values: ['available'] },
          { Name: 'zone-type', Values: ['availability-zone'] },
        ],
      },
    },
  ]);
});
