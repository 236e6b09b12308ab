// The looks for the NAT gateway: how they read AWS's responses.
import { DescribeNatGatewaysCommand, type NatGatewayState } from '@aws-sdk/client-ec2';
import { describe, expect, test } from '@jest/globals';
import { lookNatGateway, natGatewayById, probeNatGatewayGone } from '../../../../lib/look/nat-gateway.ts';
import { toPascalCaseTags } from '../../../../lib/derive/tags.ts';
import { awsError, mocks, ourTags, lookContextOf, sentCalls } from '../../step-harness.ts';
import { network } from '../../network.ts';

const nat = (NatGatewayId: string, State: NatGatewayState, more = {}) => ({
  NatGatewayId,
  State,
  SubnetId: 'subnet-a',
  NatGatewayAddresses: [{ AllocationId: 'eipalloc-1', NetworkInterfaceId: 'eni-1', IsPrimary: true }],
  Tags: toPascalCaseTags(ourTags('natGateway')),
  ...more,
});
const expected = network().natGateway[''];
const { aws } = lookContextOf();

describe('a look by tags', () => {
  test('finds nothing when nothing exists, and does not request deleted gateways', async () => {
    mocks.ec2.on(DescribeNatGatewaysCommand).resolves({});
    expect(await lookNatGateway(lookContextOf())).toEqual(new Map());
    expect(sentCalls()).toEqual([
      {
        command: 'DescribeNatGateways',
        input: {
          Filter: [
            { Name: 'tag:slipway:stack', Values: ['shop-dev'] },
            { Name: 'state', Values: ['available', 'pending', 'failed', 'deleting'] },
          ],
        },
      },
    ]);
  });

  test('finds our gateway across all pages', async () => {
    mocks.ec2.on(DescribeNatGatewaysCommand, { NextToken: undefined }).resolves({ NextToken: 'more' });
    mocks.ec2
      .on(DescribeNatGatewaysCommand, { NextToken: 'more' })
      .resolves({ NatGateways: [nat('nat-1', 'available')] });
    expect(await lookNatGateway(lookContextOf())).toEqual(new Map([['', expected]]));
  });

  test('returns the reason why a gateway failed', async () => {
    const why = { FailureCode: 'Gateway.NotAttached', FailureMessage: 'no gateway', NatGatewayAddresses: [] };
    mocks.ec2.on(DescribeNatGatewaysCommand).resolves({ NatGateways: [nat('nat-1', 'failed', why)] });
    expect([...(await lookNatGateway(lookContextOf())).values()]).toEqual([
      {
        ...expected,
        state: 'failed',
        failure: 'Gateway.NotAttached: no gateway',
        allocationId: '',
        networkInterfaceIds: [],
      },
    ]);
  });

  test('gives the empty key to the available gateway, and numbered keys to the other gateways', async () => {
    mocks.ec2.on(DescribeNatGatewaysCommand).resolves({
      NatGateways: [
        nat('nat-3', 'deleting'),
        nat('nat-2', 'failed'),
        nat('nat-4', 'pending'),
        nat('nat-1', 'available'),
      ],
    });
    const keys = [...(await lookNatGateway(lookContextOf()))].map(([key, one]) => [key, one.natGatewayId]);
    expect(keys).toEqual([
      ['', 'nat-1'],
      ['~2', 'nat-4'],
      ['~3', 'nat-2'],
      ['~4', 'nat-3'],
    ]);
  });
});

describe('a look by id', () => {
  test('also finds a deleted gateway', async () => {
    mocks.ec2.on(DescribeNatGatewaysCommand).resolves({ NatGateways: [nat('nat-1', 'deleted')] });
    expect(await natGatewayById(aws, 'nat-1')).toEqual({ ...expected, state: 'deleted' });
    expect(sentCalls()).toEqual([{ command: 'DescribeNatGateways', input: { NatGatewayIds: ['nat-1'] } }]);
  });

  test('finds nothing when AWS does not find the gateway', async () => {
    mocks.ec2.on(DescribeNatGatewaysCommand).rejects(awsError('NatGatewayNotFound'));
    expect(await natGatewayById(aws, 'nat-1')).toBeUndefined();
  });

  test('fails when it is denied', async () => {
    mocks.ec2.on(DescribeNatGatewaysCommand).rejects(awsError('UnauthorizedOperation', 'no', 403));
    await expect(natGatewayById(aws, 'nat-1')).rejects.toThrow('no');
  });
});

describe('the probe of a deletion', () => {
  test.each([
    ['deleted', 'ready'],
    ['deleting', 'pending'],
    ['available', 'pending'],
  ] as const)('for a gateway in the state %s returns %s', async (state, result) => {
    mocks.ec2.on(DescribeNatGatewaysCommand).resolves({ NatGateways: [nat('nat-1', state)] });
    expect(await probeNatGatewayGone(aws, 'nat-1')).toMatchObject({ state: result });
  });

  test('returns ready when AWS does not find the gateway', async () => {
    mocks.ec2.on(DescribeNatGatewaysCommand).rejects(awsError('NatGatewayNotFound'));
    expect(await probeNatGatewayGone(aws, 'nat-1')).toMatchObject({ state: 'ready' });
  });
});
