// The look for the gateway endpoint: how it reads AWS's responses.
import { DescribeVpcEndpointsCommand, type State } from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { lookGatewayEndpoint, probeEndpointGone } from '../../../../lib/look/gateway-endpoint.ts';
import { toPascalCaseTags } from '../../../../lib/derive/tags.ts';
import { awsError, mocks, ourTags, lookContextOf, sentCalls } from '../../step-harness.ts';
import { network } from '../../network.ts';

const endpoint = (VpcEndpointId: string, state: string, RouteTableIds = ['rtb-3', 'rtb-2']) => ({
  VpcEndpointId,
  State: state as State,
  VpcId: 'vpc-1',
  ServiceName: 'com.amazonaws.eu-west-1.s3',
  RouteTableIds,
  Tags: toPascalCaseTags(ourTags('gatewayEndpoint')),
});
const expected = network().gatewayEndpoint[''];
const lookAt = async (...VpcEndpoints: ReturnType<typeof endpoint>[]) => {
  mocks.ec2.on(DescribeVpcEndpointsCommand).resolves({ VpcEndpoints });
  return [...(await lookGatewayEndpoint(lookContextOf()))];
};

test('the look filters by our tag and reads all pages', async () => {
  mocks.ec2.on(DescribeVpcEndpointsCommand, { NextToken: undefined }).resolves({ NextToken: 'more' });
  mocks.ec2
    .on(DescribeVpcEndpointsCommand, { NextToken: 'more' })
    .resolves({ VpcEndpoints: [endpoint('vpce-1', 'available')] });
  expect(await lookGatewayEndpoint(lookContextOf())).toEqual(new Map([['', expected]]));
  expect(sentCalls()[0]?.input).toEqual({ Filters: [{ Name: 'tag:slipway:stack', Values: ['shop-dev'] }] });
});

test.each(['deleting', 'Deleting', 'deleted', 'Deleted'])(
  'an endpoint in the state %s counts as absent',
  async (state) => {
    expect(await lookAt(endpoint('vpce-1', state))).toEqual([]);
  },
);

test('of two endpoints with the same key, the one with route tables keeps the key', async () => {
  const second = { ...expected, vpcEndpointId: 'vpce-2', routeTableIds: [] };
  expect(await lookAt(endpoint('vpce-2', 'available', []), endpoint('vpce-1', 'Available'))).toEqual([
    ['', expected],
    ['~2', second],
  ]);
});

test.each([
  ['pending', 'deleting'],
  ['ready', 'deleted'],
])('the probe of a deletion returns %s while AWS shows the endpoint as %s', async (state, shown) => {
  mocks.ec2.on(DescribeVpcEndpointsCommand).resolves({ VpcEndpoints: [endpoint('vpce-1', shown)] });
  expect(await probeEndpointGone(lookContextOf().aws, 'vpce-1')).toMatchObject({ state });
});

test('the probe of a deletion returns ready when AWS does not find the endpoint, and throws any other error', async () => {
  const { aws } = lookContextOf();
  mocks.ec2.on(DescribeVpcEndpointsCommand).rejectsOnce(awsError('InvalidVpcEndpointId.NotFound'));
  expect(await probeEndpointGone(aws, 'vpce-1')).toMatchObject({ state: 'ready' });
  mocks.ec2.on(DescribeVpcEndpointsCommand).rejects(awsError('UnauthorizedOperation'));
  await expect(probeEndpointGone(aws, 'vpce-1')).rejects.toThrow();
});
