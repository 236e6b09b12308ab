/** Routes: a table has one route per destination, and a route remains when its target is deleted. */
import type * as EC2 from '@aws-sdk/client-ec2';
import type { Route } from '@aws-sdk/client-ec2';
import { parseCidr, cidrCovers } from '../../network/cidr.ts';
import type { Operations } from '../../operations.ts';
import { refusal } from '../../protocol/refusal.ts';
import type { Region } from '../../world/region.ts';
import { rowOf } from '../finder.ts';
import * as errors from './errors.ts';
import { checkQuota, quotas } from './quotas.ts';
import type { RouteTableRow } from './store.ts';

interface RouteInput {
  readonly DestinationCidrBlock?: string;
  readonly GatewayId?: string;
  readonly NatGatewayId?: string;
}

/** Returns the destination of a call in its canonical form: AWS turns 100.68.0.18/18 into 100.68.0.0/18. */
function destinationOf({ DestinationCidrBlock: text }: RouteInput): string {
  if (!text) throw errors.missingParameter('destinationCidrBlock');
  const range = parseCidr(text);
  if (!range) throw errors.invalidValue('destinationCidrBlock', text, 'This is not a valid CIDR block.');
  return range.toString();
}

/**
 * Returns the target of a new route. The target must exist, and it must be in the VPC of the table.
 * @throws InvalidGatewayID.NotFound, InvalidNatGatewayID.NotFound
 */
function targetOf(region: Region, table: RouteTableRow, input: RouteInput): Route {
  const { GatewayId, NatGatewayId } = input;
  if (GatewayId !== undefined && NatGatewayId !== undefined) {
    throw refusal('InvalidParameterCombination', 'The request must name exactly one target of the route.');
  }
  const outsideVpc = (kind: string, id: string) =>
    errors.differentNetworks(`route table ${table.RouteTableId}`, `${kind} ${id}`);
  if (NatGatewayId !== undefined) {
    const nat = region.ec2.natGateways.get(NatGatewayId);
    // A pending NAT gateway is accepted.
    if (!nat || nat.State === 'deleted' || nat.State === 'failed') {
      throw errors.routeNatGatewayNotFound(NatGatewayId);
    }
    if (nat.VpcId !== table.VpcId) throw outsideVpc('NAT gateway', NatGatewayId);
    return { NatGatewayId };
  }
  if (GatewayId === undefined) throw errors.missingParameter('gatewayId');
  const gateway = region.ec2.internetGateways.get(GatewayId);
  if (!gateway) throw errors.gatewayNotFound(GatewayId);
  if (gateway.Attachments[0]?.VpcId !== table.VpcId) throw outsideVpc('network gateway', GatewayId);
  return { GatewayId };
}

const isLocal = ({ GatewayId }: Route): boolean => GatewayId === 'local';
const routeIn = ({ Routes }: RouteTableRow, destination: string) =>
  Routes.find(({ DestinationCidrBlock }) => DestinationCidrBlock === destination);

export const routeOperations = {
  /** Refuses a destination that already has a route, even to the same target. Only `ReplaceRoute` changes routes. */
  CreateRoute: {
    inputMembers: ['RouteTableId', 'DestinationCidrBlock', 'GatewayId', 'NatGatewayId'],
    run(input, region) {
      const table = rowOf(region.ec2.routeTables, input.RouteTableId);
      const DestinationCidrBlock = destinationOf(input);
      if (routeIn(table, DestinationCidrBlock)) {
        throw refusal(
          'RouteAlreadyExists',
          `The route identified by ${DestinationCidrBlock} already exists.`,
        );
      }
      const localBlock = table.Routes.find(isLocal)?.DestinationCidrBlock;
      if (cidrCovers(localBlock, DestinationCidrBlock)) {
        throw errors.invalidParameter(
          `The destination CIDR block ${DestinationCidrBlock} is equal to or more specific than one of this VPC's CIDR blocks. This route can target only an interface or an instance.`,
        );
      }
      const target = targetOf(region, table, input);
      checkQuota(quotas.routesPerTable, table.Routes.length + 1);
      table.Routes.push({ DestinationCidrBlock, ...target, Origin: 'CreateRoute' });
      return { Return: true };
    },
  },

  ReplaceRoute: {
    inputMembers: ['RouteTableId', 'DestinationCidrBlock', 'GatewayId', 'NatGatewayId'],
    run(input, region) {
      const table = rowOf(region.ec2.routeTables, input.RouteTableId);
      const destination = destinationOf(input);
      const route = routeIn(table, destination);
      if (!route) {
        throw errors.invalidParameter(
          `There is no route defined for '${destination}' in the route table. Use CreateRoute instead.`,
        );
      }
      if (isLocal(route)) throw errors.notImplemented('a replacement of the local route');
      const target = targetOf(region, table, input);
      table.Routes = table.Routes.map((one) =>
        one === route ? { DestinationCidrBlock: destination, ...target, Origin: 'CreateRoute' } : one,
      );
      return {};
    },
  },

  DeleteRoute: {
    inputMembers: ['RouteTableId', 'DestinationCidrBlock'],
    run(input, region) {
      const table = rowOf(region.ec2.routeTables, input.RouteTableId);
      const destination = destinationOf(input);
      const route = routeIn(table, destination);
      if (!route) {
        throw refusal(
          'InvalidRoute.NotFound',
          `no route with destination-cidr-block ${destination} in route table ${table.RouteTableId}`,
        );
      }
      if (isLocal(route)) {
        throw errors.invalidParameter(
          `cannot remove local route ${destination} in route table ${table.RouteTableId}`,
        );
      }
      table.Routes = table.Routes.filter((one) => one !== route);
      return {};
    },
  },
} satisfies Operations<typeof EC2>;
