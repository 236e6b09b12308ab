/** Routing: the route table of a subnet, the route to an address, and whether the route's target exists. */
import type { Route, RouteState } from '@aws-sdk/client-ec2';
import {
  resourceTables,
  type InternetGatewayRow,
  type RouteTableRow,
  type SubnetRow,
} from '../aws/ec2/store.ts';
import type { Region } from '../world/region.ts';
import { parseCidr } from './cidr.ts';

/** Returns the internet gateway that is attached to a VPC. */
export const internetGatewayOf = (region: Region, vpcId: string): InternetGatewayRow | undefined =>
  region.ec2.internetGateways.find(({ Attachments }) => Attachments.some(({ VpcId }) => VpcId === vpcId));

/** Returns the main route table of a VPC. */
export const mainRouteTableOf = (region: Region, vpcId: string): RouteTableRow | undefined =>
  region.ec2.routeTables.find(
    (table) => table.VpcId === vpcId && table.Associations.some(({ Main }) => Main),
  );

/** Returns the route table that is associated with a subnet, or else the main route table of the subnet's VPC. */
export const effectiveRouteTableOf = (region: Region, subnet: SubnetRow): RouteTableRow | undefined =>
  region.ec2.routeTables.find(({ Associations }) =>
    Associations.some(({ SubnetId }) => SubnetId === subnet.SubnetId),
  ) ?? mainRouteTableOf(region, subnet.VpcId);

/**
 * Returns the route for an address: the one with the longest prefix.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html
 */
export function routeTo(table: RouteTableRow, address: string): Route | undefined {
  let best: { route: Route; bits: number } | undefined;
  for (const route of table.Routes) {
    const range = parseCidr(route.DestinationCidrBlock ?? '');
    if (range?.contains(address) && (!best || range.bitmask > best.bits))
      best = { route, bits: range.bitmask };
  }
  return best?.route;
}

/** Returns the state of a route: `blackhole` when the route's target no longer exists, otherwise `active`. */
export function routeStateOf(region: Region, table: RouteTableRow, route: Route): RouteState {
  if (route.NatGatewayId !== undefined) {
    const state = region.ec2.natGateways.get(route.NatGatewayId)?.State;
    return state === undefined || state === 'deleted' || state === 'failed' ? 'blackhole' : 'active';
  }
  if (route.GatewayId === 'local') return 'active';
  return gatewayExists(region, table.VpcId, route.GatewayId) ? 'active' : 'blackhole';
}

/** Whether a VPC has a gateway. An internet gateway must be attached to the VPC; any other gateway must be inside it. */
function gatewayExists(region: Region, vpcId: string, gatewayId: string | undefined): boolean {
  if (internetGatewayOf(region, vpcId)?.InternetGatewayId === gatewayId) return true;
  return resourceTables(region.ec2).some((table) => {
    const row = gatewayId?.startsWith(`${table.kind.idPrefix}-`) ? table.get(gatewayId) : undefined;
    return row !== undefined && table.kind.isInCensus(row) && table.kind.blockedVpcId(row) === vpcId;
  });
}
