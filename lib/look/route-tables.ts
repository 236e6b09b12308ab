/** Finds our route tables by their tags; one call finds both the public and the private tables. */
import { DescribeRouteTablesCommand, type RouteTable } from '@aws-sdk/client-ec2';
import type { Ids } from '../model/architecture.ts';
import type { Items } from '../model/resources.ts';
import { readTags, NOUN_TAG, type Tags } from '../derive/tags.ts';
import { describeOurs } from './recorded.ts';
import { indexByKey, type LookContext } from './context.ts';
import { vpcFilter, vpcResource, type VpcListing } from './in-vpc.ts';

export const EVERYWHERE = '0.0.0.0/0';
export const EVERYWHERE_IPV6 = '::/0';

export interface FoundRouteTable extends Readonly<Ids['publicRoutes']> {
  readonly vpcId: string;
  /** The target of the default route (0.0.0.0/0): an internet or NAT gateway; undefined when the table has no default route. */
  readonly defaultTarget: string | undefined;
  /** The target of the default route for IPv6 (::/0), with ` (blackhole)` if it no longer exists; undefined without such a route. */
  readonly defaultIpv6Target?: string | undefined;
  /** Whether the target of the default route no longer exists. */
  readonly blackhole: boolean;
  /** The ids of the explicit associations, keyed by the ids of their subnets. */
  readonly associations: Readonly<Record<string, string>>;
  readonly tags: Tags;
}

export const lookPublicRoutes = (context: LookContext): Promise<Items<FoundRouteTable>> =>
  lookTables(context, 'publicRoutes');
export const lookPrivateRoutes = (context: LookContext): Promise<Items<FoundRouteTable>> =>
  lookTables(context, 'privateRoutes');

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRouteTables.html */
async function lookTables(
  context: LookContext,
  noun: 'publicRoutes' | 'privateRoutes',
): Promise<Items<FoundRouteTable>> {
  const tables = await context.shared('routeTables', () =>
    describeOurs(
      context,
      ['publicRoutes', 'privateRoutes'],
      'RouteTableId',
      async ({ Filters, ids: RouteTableIds, NextToken }) => {
        const { RouteTables = [], NextToken: next } = await context.aws.ec2(
          new DescribeRouteTablesCommand({ Filters, RouteTableIds, NextToken }),
        );
        return { items: RouteTables, next };
      },
    ),
  );
  return indexByKey(tables.map(readTable).filter(({ tags }) => tags[NOUN_TAG] === noun));
}

/** The states of an association that is in effect, or about to be. AWS may leave the state out. */
const ASSOCIATED_STATES: readonly (string | undefined)[] = [undefined, 'associating', 'associated'];

function readTable({
  RouteTableId = '',
  VpcId = '',
  Routes,
  Associations,
  Tags,
}: RouteTable): FoundRouteTable {
  const route = Routes?.find(({ DestinationCidrBlock }) => DestinationCidrBlock === EVERYWHERE);
  const ipv6Route = Routes?.find(
    ({ DestinationIpv6CidrBlock }) => DestinationIpv6CidrBlock === EVERYWHERE_IPV6,
  );
  const ipv6Target = ipv6Route?.EgressOnlyInternetGatewayId ?? ipv6Route?.GatewayId;
  const associations = (Associations ?? []).filter(
    ({ SubnetId, AssociationState }) => SubnetId && ASSOCIATED_STATES.includes(AssociationState?.State),
  );
  return {
    routeTableId: RouteTableId,
    vpcId: VpcId,
    defaultTarget: route?.NatGatewayId ?? route?.GatewayId,
    defaultIpv6Target: ipv6Route?.State === 'blackhole' ? `${ipv6Target} (blackhole)` : ipv6Target,
    blackhole: route?.State === 'blackhole',
    associations: Object.fromEntries(
      associations.map(({ SubnetId = '', RouteTableAssociationId = '' }) => [
        SubnetId,
        RouteTableAssociationId,
      ]),
    ),
    tags: readTags(Tags),
  };
}

/** Whether a table is the main table of its VPC: AWS creates and deletes the main table together with the VPC. */
export const isMainTable = ({ Associations = [] }: RouteTable): boolean =>
  Associations.some(({ Main }) => Main);

/** The route tables in a VPC, apart from its main table. */
export const routeTablesInVpc: VpcListing = {
  kind: 'route tables',
  async list({ ec2 }, vpcId) {
    const { RouteTables = [] } = await ec2(new DescribeRouteTablesCommand({ Filters: vpcFilter(vpcId) }));
    return RouteTables.filter((table) => !isMainTable(table)).map(({ RouteTableId: id, Tags: tags }) =>
      vpcResource('route table', 'ec2 delete-route-table --route-table-id', { id, tags }),
    );
  },
};
