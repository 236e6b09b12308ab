// The looks for route tables: how they read AWS's responses.
import { DescribeRouteTablesCommand, type RouteTable } from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { lookPrivateRoutes, lookPublicRoutes } from '../../../../lib/look/route-tables.ts';
import type { Noun } from '../../../../lib/model/architecture.ts';
import { toPascalCaseTags } from '../../../../lib/derive/tags.ts';
import { mocks, ourTags, lookContextOf, sentCalls } from '../../step-harness.ts';
import { network } from '../../network.ts';

const association = (SubnetId: string, state: 'associated' | 'disassociating' | 'failed' = 'associated') => ({
  SubnetId,
  RouteTableAssociationId: `rtbassoc-${SubnetId}`,
  AssociationState: { State: state },
});
const table = (noun: Noun, key: string, RouteTableId: string, more: RouteTable): RouteTable => ({
  RouteTableId,
  VpcId: 'vpc-1',
  Tags: toPascalCaseTags(ourTags(noun, key)),
  ...more,
});
const local = { DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local' };
const defaultRoute = { DestinationCidrBlock: '0.0.0.0/0', State: 'active' as const };
const PUBLIC = table('publicRoutes', '', 'rtb-1', {
  Routes: [local, { ...defaultRoute, GatewayId: 'igw-1' }],
  Associations: [association('subnet-a'), association('subnet-b')],
});
const PRIVATE = table('privateRoutes', 'private-1', 'rtb-2', {
  Routes: [local, { ...defaultRoute, NatGatewayId: 'nat-1' }],
  Associations: [association('subnet-c')],
});
const { publicRoutes, privateRoutes } = network();
/** Returns the public route table that the look finds. @param more the fields that differ from those of PUBLIC */
async function publicTableWith(more: RouteTable) {
  mocks.ec2.on(DescribeRouteTablesCommand).resolves({ RouteTables: [{ ...PUBLIC, ...more }] });
  return (await lookPublicRoutes(lookContextOf())).get('');
}

test('without resources of this stack, the look returns an empty result', async () => {
  mocks.ec2.on(DescribeRouteTablesCommand).resolves({});
  expect(await lookPublicRoutes(lookContextOf())).toEqual(new Map());
  expect(sentCalls()).toEqual([
    {
      command: 'DescribeRouteTables',
      input: { Filters: [{ Name: 'tag:slipway:stack', Values: ['shop-dev'] }] },
    },
  ]);
});

test('public and private tables come from one call, across all pages, and are distinguished by their tags', async () => {
  mocks.ec2
    .on(DescribeRouteTablesCommand, { NextToken: undefined })
    .resolves({ RouteTables: [PRIVATE], NextToken: 'more' });
  mocks.ec2.on(DescribeRouteTablesCommand, { NextToken: 'more' }).resolves({ RouteTables: [PUBLIC] });
  const lookContext = lookContextOf();
  const [publicTables, privateTables] = await Promise.all([
    lookPublicRoutes(lookContext),
    lookPrivateRoutes(lookContext),
  ]);
  expect(publicTables).toEqual(new Map([['', publicRoutes['']]]));
  expect(privateTables).toEqual(new Map([['private-1', privateRoutes['private-1']]]));
  expect(sentCalls()).toHaveLength(2);
});

test('a table without a default route has no target', async () => {
  expect(await publicTableWith({ Routes: [local] })).toMatchObject({
    defaultTarget: undefined,
    blackhole: false,
  });
});

test('a default route whose target is deleted is a blackhole', async () => {
  const Routes = [{ ...defaultRoute, NatGatewayId: 'nat-1', State: 'blackhole' as const }];
  expect(await publicTableWith({ Routes })).toMatchObject({ defaultTarget: 'nat-1', blackhole: true });
});

test('main, disassociating and failed associations are ignored', async () => {
  const Associations = [
    { Main: true, RouteTableAssociationId: 'rtbassoc-main' },
    association('subnet-a'),
    association('subnet-b', 'disassociating'),
    association('subnet-c', 'failed'),
  ];
  expect((await publicTableWith({ Associations }))?.associations).toEqual({
    'subnet-a': 'rtbassoc-subnet-a',
  });
});

test('a second route table with the same key gets a key that is never desired', async () => {
  mocks.ec2
    .on(DescribeRouteTablesCommand)
    .resolves({ RouteTables: [PUBLIC, { ...PUBLIC, RouteTableId: 'rtb-9' }] });
  expect([...(await lookPublicRoutes(lookContextOf())).keys()]).toEqual(['', '~2']);
});
