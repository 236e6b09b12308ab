// Obstacles to a teardown: a resource that may belong to the stack is looked up again, and a foreign one is reported immediately.
import {
  DescribeNetworkAclsCommand,
  DescribeRouteTablesCommand,
  DescribeVpcPeeringConnectionsCommand,
  DescribeVpcsCommand,
} from '@aws-sdk/client-ec2';
import { ListContainerInstancesCommand } from '@aws-sdk/client-ecs';
import { beforeEach, expect, test } from '@jest/globals';
import { findObstacles, throwObstacles } from '../../../teardown/obstacles.ts';
import { removalsOf } from '../../../teardown/run.ts';
import { foundFor, foundAt, sessionOf, type Resources } from '../engine-harness.ts';
import { mockOtherCallsAsEmpty, mocks, sentCalls, surveyOf } from '../step-harness.ts';

const found: Resources = { vpc: { '': foundFor('vpc', '', { vpcId: 'vpc-1' }) } };
const searchForObstacles = (wait = true, resources = found) => {
  const survey = surveyOf(resources);
  return findObstacles(sessionOf(resources), survey, removalsOf(survey, 'shop-dev'), { wait });
};
const lookupCount = () => sentCalls().filter(({ command }) => command === 'DescribeRouteTables').length;
const RouteTables = [{ RouteTableId: 'rtb-9' }];
const obstacle = {
  text: 'route table rtb-9',
  command: expect.stringContaining('aws ec2 delete-route-table --route-table-id rtb-9 --region eu-west-1'),
};

beforeEach(() => {
  mockOtherCallsAsEmpty();
  mocks.ec2.on(DescribeVpcsCommand).resolves({ Vpcs: [{ VpcId: 'vpc-1' }] });
});

test('a resource without tags that disappears is no obstacle, since AWS may still list a deleted resource of the stack', async () => {
  mocks.ec2
    .on(DescribeRouteTablesCommand)
    .resolvesOnce({ RouteTables })
    .resolvesOnce({ RouteTables })
    .resolves({});
  expect(await searchForObstacles()).toEqual([]);
  expect(lookupCount()).toBe(3);
});

test('a resource without tags that stays is an obstacle', async () => {
  mocks.ec2.on(DescribeRouteTablesCommand).resolves({ RouteTables });
  expect(await searchForObstacles()).toEqual([obstacle]);
  expect(lookupCount()).toBeGreaterThan(3);
});

test('a plan looks up each obstacle only once', async () => {
  mocks.ec2.on(DescribeRouteTablesCommand).resolves({ RouteTables });
  expect(await searchForObstacles(false)).toEqual([obstacle]);
  expect(lookupCount()).toBe(1);
});

test('a resource with the tags of someone else counts as an obstacle after a single lookup', async () => {
  const Tags = [{ Key: 'team', Value: 'orders' }];
  mocks.ec2.on(DescribeRouteTablesCommand).resolves({ RouteTables: [{ ...RouteTables[0], Tags }] });
  expect(await searchForObstacles()).toEqual([obstacle]);
  expect(lookupCount()).toBe(1);
});

test('a network ACL and a peering connection without tags count as obstacles after a single lookup, since Slipway never creates them', async () => {
  mocks.ec2
    .on(DescribeNetworkAclsCommand)
    .resolves({ NetworkAcls: [{ NetworkAclId: 'acl-9' }] })
    .on(DescribeVpcPeeringConnectionsCommand)
    .resolves({
      VpcPeeringConnections: [
        {
          VpcPeeringConnectionId: 'pcx-9',
          RequesterVpcInfo: { VpcId: 'vpc-2' },
          AccepterVpcInfo: { VpcId: 'vpc-1' },
        },
      ],
    });
  expect((await searchForObstacles()).map(({ text }) => text)).toEqual([
    'network ACL acl-9',
    'VPC peering connection pcx-9 (to vpc-2)',
  ]);
  expect(lookupCount()).toBe(1);
});

test('the container instances of our cluster are obstacles', async () => {
  mocks.ecs
    .on(ListContainerInstancesCommand)
    .resolves({ containerInstanceArns: ['arn:aws:ecs:eu-west-1:1:container-instance/shop-dev/abc'] });
  const cluster = (containerInstanceCount: number) => ({
    cluster: { '': foundFor('cluster', '', { containerInstanceCount }) },
  });
  expect(await searchForObstacles(true, cluster(1))).toEqual([
    {
      text: 'container instance abc is registered in the cluster shop-dev',
      command: expect.stringContaining(
        'aws ecs deregister-container-instance --cluster shop-dev --container-instance abc --force --region',
      ),
    },
  ]);
  const callsForOne = sentCalls().length;
  expect(await searchForObstacles(true, cluster(0))).toEqual([]);
  // A cluster without instances needs no call to list them.
  expect(sentCalls().length).toBe(2 * callsForOne - 1);
});

test('obstacles are looked up only if the teardown removes a resource whose removal other resources can block', async () => {
  const foreign = { tags: { 'slipway:stack': 'other' }, vpcId: 'vpc-1' };
  expect(await searchForObstacles(true, { vpc: { '': foundFor('vpc', '', foreign) } })).toEqual([]);
  expect(await searchForObstacles(true, { logGroup: foundAt('logGroup', '') })).toEqual([]);
  expect(sentCalls()).toEqual([]);
});

test('a teardown ends if there is an obstacle, and continues without one', () => {
  throwObstacles([], 'shop-dev');
  expect(() => throwObstacles([{ text: 'a task', command: 'aws ecs stop-task' }], 'shop-dev')).toThrow(
    '1 obstacle would keep shop-dev from being removed. a task',
  );
});
