/** Route tables: each is created with the local route of its VPC, and each VPC has one main table. */
import type * as EC2 from '@aws-sdk/client-ec2';
import type { RouteTable, Tag } from '@aws-sdk/client-ec2';
import { routeStateOf } from '../../network/routes.ts';
import type { Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import { rowOf } from '../finder.ts';
import { dependencyViolation } from './errors.ts';
import { filtered, page, requestedRows, type FilterTable } from './filters.ts';
import { localRoute } from './ipv6-blocks.ts';
import { checkQuota, quotas } from './quotas.ts';
import type { RouteTableRow, VpcRow } from './store.ts';
import { tagsFor } from './tags.ts';
import { oncePerToken } from './tokens.ts';
import { newId } from './kinds.ts';

/** Adds a route table to a VPC. The new table has only the local route. */
export function addRouteTable(region: Region, vpc: VpcRow, tags: Tag[] = []): RouteTableRow {
  const RouteTableId = newId(region, region.ec2.routeTables);
  return region.ec2.routeTables.set(RouteTableId, {
    RouteTableId,
    VpcId: vpc.VpcId,
    OwnerId: region.account,
    Routes: [
      { DestinationCidrBlock: vpc.CidrBlock, GatewayId: 'local', Origin: 'CreateRouteTable' },
      ...(vpc.ipv6Blocks ?? []).map(localRoute),
    ],
    Associations: [],
    PropagatingVgws: [],
    Tags: tags,
  });
}

/** Returns a table with the states of its routes. The state of a route depends on the route's target. */
const viewOf = (region: Region, table: RouteTableRow): RouteTable => ({
  ...table,
  Routes: table.Routes.map((route) => ({ ...route, State: routeStateOf(region, table, route) })),
});

const filters = (region: Region): FilterTable<RouteTableRow> => {
  const routeValues =
    (getValue: (route: EC2.Route) => string | undefined) =>
    ({ Routes }: RouteTableRow) =>
      Routes.map(getValue);
  return {
    'association.gateway-id': () => undefined,
    'association.main': (table) => table.Associations.map(({ Main }) => String(Main)),
    'association.route-table-association-id': (table) =>
      table.Associations.map(({ RouteTableAssociationId }) => RouteTableAssociationId),
    'association.route-table-id': (table) => table.Associations.map(({ RouteTableId }) => RouteTableId),
    'association.subnet-id': (table) => table.Associations.map(({ SubnetId }) => SubnetId),
    'owner-id': (table) => table.OwnerId,
    'route-table-id': (table) => table.RouteTableId,
    'route.destination-cidr-block': routeValues((route) => route.DestinationCidrBlock),
    'route.destination-ipv6-cidr-block': routeValues((route) => route.DestinationIpv6CidrBlock),
    'route.gateway-id': routeValues((route) => route.GatewayId),
    'route.nat-gateway-id': routeValues((route) => route.NatGatewayId),
    'route.origin': routeValues((route) => route.Origin),
    'route.state': (table) => table.Routes.map((route) => routeStateOf(region, table, route)),
    'vpc-id': (table) => table.VpcId,
  };
};

export const routeTableOperations = {
  CreateRouteTable: {
    inputMembers: ['VpcId', 'ClientToken', 'TagSpecifications'],
    run(input, region) {
      const table = oncePerToken(region, 'CreateRouteTable', input, region.ec2.routeTables, () => {
        const vpc = rowOf(region.ec2.vpcs, input.VpcId);
        const tablesOfVpc = region.ec2.routeTables.filter(({ VpcId }) => VpcId === vpc.VpcId);
        checkQuota(quotas.routeTablesPerVpc, tablesOfVpc.length + 1);
        return addRouteTable(region, vpc, tagsFor(region.ec2.routeTables, input.TagSpecifications))
          .RouteTableId;
      });
      return { RouteTable: viewOf(region, table), ClientToken: input.ClientToken };
    },
  },

  DescribeRouteTables: {
    inputMembers: ['RouteTableIds', 'Filters', 'MaxResults', 'NextToken'],
    run(input, region) {
      const rows = filtered(
        requestedRows(input.RouteTableIds, region.ec2.routeTables),
        input.Filters,
        filters(region),
      );
      const { rows: tables, NextToken } = page(rows, input);
      return { RouteTables: tables.map((table) => viewOf(region, table)), NextToken };
    },
  },

  /** Refused while the table has associations. A main table always has an association. */
  DeleteRouteTable: {
    inputMembers: ['RouteTableId'],
    run(input, region) {
      const { RouteTableId, Associations } = rowOf(region.ec2.routeTables, input.RouteTableId);
      if (Associations.length > 0) throw dependencyViolation('routeTable', RouteTableId);
      region.ec2.routeTables.delete(RouteTableId);
      return {};
    },
  },
} satisfies Operations<typeof EC2>;
