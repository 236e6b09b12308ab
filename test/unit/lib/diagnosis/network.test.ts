// Faults in the network of a service's tasks.
import { DescribeRouteTablesCommand, DescribeSecurityGroupRulesCommand } from '@aws-sdk/client-ec2';
import { DescribeServicesCommand } from '@aws-sdk/client-ecs';
import { beforeEach, expect, test } from '@jest/globals';
import { namesOf } from '../../../../lib/derive/names.ts';
import { readNetwork } from '../../../../lib/diagnosis/network.ts';
import { awsError, config, lookContextOf, mocks } from '../../step-harness.ts';
import { serviceWith } from './facts.ts';

const read = () => readNetwork(lookContextOf().aws, namesOf(config()), serviceWith());
const route = (State: 'active' | 'blackhole') => ({
  RouteTables: [{ Routes: [{ DestinationCidrBlock: '0.0.0.0/0', State }] }],
});
const rule = (FromPort: number, ToPort: number, IsEgress = false) => ({
  IsEgress,
  IpProtocol: 'tcp',
  FromPort,
  ToPort,
});

beforeEach(() => {
  mocks.ecs.on(DescribeServicesCommand).resolves({
    services: [
      {
        status: 'ACTIVE',
        networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1'] } },
      },
    ],
  });
  mocks.ec2.on(DescribeRouteTablesCommand).resolves(route('active'));
  mocks.ec2.on(DescribeSecurityGroupRulesCommand).resolves({ SecurityGroupRules: [rule(5000, 5000)] });
});

test('a network as Slipway makes it has no fault', async () => {
  expect(await read()).toEqual({ hasWayOut: true, closedPorts: [] });
});

test('a missing route, or a route to a deleted NAT gateway, is no way out', async () => {
  mocks.ec2.on(DescribeRouteTablesCommand).resolves(route('blackhole'));
  expect(await read()).toMatchObject({ hasWayOut: false });
  mocks.ec2.on(DescribeRouteTablesCommand).resolves({ RouteTables: [{ Routes: [] }] });
  expect(await read()).toMatchObject({ hasWayOut: false });
});

test('a port is closed if no ingress rule contains it', async () => {
  mocks.ec2
    .on(DescribeSecurityGroupRulesCommand)
    .resolves({ SecurityGroupRules: [rule(80, 80), rule(1, 65_535, true)] });
  expect(await read()).toMatchObject({ closedPorts: [5000] });
});

test('a network that cannot be read is unknown', async () => {
  mocks.ec2.on(DescribeRouteTablesCommand).rejects(awsError('UnauthorizedOperation', 'not allowed'));
  expect(await read()).toBeUndefined();
});
