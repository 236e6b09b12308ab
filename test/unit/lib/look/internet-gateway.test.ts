// The look for the internet gateway: how it reads AWS's responses.
import { DescribeInternetGatewaysCommand, type AttachmentStatus } from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { lookInternetGateway } from '../../../../lib/look/internet-gateway.ts';
import { toPascalCaseTags } from '../../../../lib/derive/tags.ts';
import { mocks, ourTags, lookContextOf, sentCalls } from '../../step-harness.ts';
import { network } from '../../network.ts';

/** A gateway, attached to a VPC if `VpcId` is given. AWS returns the state `available`, although its API model says `attached`. */
const gateway = (InternetGatewayId: string, VpcId?: string, State = 'available') => ({
  InternetGatewayId,
  Attachments: VpcId === undefined ? [] : [{ VpcId, State: State as AttachmentStatus }],
  Tags: toPascalCaseTags(ourTags('internetGateway')),
});
const expected = network().internetGateway[''];

test('without resources of this stack, the look returns an empty result', async () => {
  mocks.ec2.on(DescribeInternetGatewaysCommand).resolves({});
  expect(await lookInternetGateway(lookContextOf())).toEqual(new Map());
  expect(sentCalls()).toEqual([
    {
      command: 'DescribeInternetGateways',
      input: { Filters: [{ Name: 'tag:slipway:stack', Values: ['shop-dev'] }] },
    },
  ]);
});

test('our gateway is returned with the VPC that it is attached to, across all pages', async () => {
  mocks.ec2.on(DescribeInternetGatewaysCommand, { NextToken: undefined }).resolves({ NextToken: 'more' });
  mocks.ec2
    .on(DescribeInternetGatewaysCommand, { NextToken: 'more' })
    .resolves({ InternetGateways: [gateway('igw-1', 'vpc-1')] });
  expect(await lookInternetGateway(lookContextOf())).toEqual(new Map([['', expected]]));
});

test.each([
  ['was never attached', gateway('igw-1')],
  ['is detached', gateway('igw-1', 'vpc-1', 'detached')],
])('a gateway that %s is returned without a VPC', async (_, one) => {
  mocks.ec2.on(DescribeInternetGatewaysCommand).resolves({ InternetGateways: [one] });
  expect(await lookInternetGateway(lookContextOf())).toEqual(
    new Map([['', { ...expected, attachedTo: undefined }]]),
  );
});

test('of two gateways with the same key, the attached one keeps the key', async () => {
  mocks.ec2
    .on(DescribeInternetGatewaysCommand)
    .resolves({ InternetGateways: [gateway('igw-lost'), gateway('igw-1', 'vpc-1')] });
  const keys = [...(await lookInternetGateway(lookContextOf()))].map(([key, igw]) => [
    key,
    igw.internetGatewayId,
  ]);
  expect(keys).toEqual([
    ['', 'igw-1'],
    ['~2', 'igw-lost'],
  ]);
});
