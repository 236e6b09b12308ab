/** Routes: a table has one route per destination, and a route remains when its target is deleted. */
import type * as EC2 from '@aws-sdk/client-ec2';
import type { Route } from '@aws-sdk/client-ec2';
import { canonicalIpv6Cidr, parseCidr, cidrCovers } from '../../network/cidr.ts';
import type { Operations } from '../../operations.ts';
import { refusal } from '../../protocol/refusal.ts';
import type { Region } from '../../world/region.ts';
import { rowOf } from '../finder.ts';
import * as errors from './errors.ts';
import { checkQuota, quotas } from './quotas.ts';
import type { RouteTableRow } from './store.ts';

interface RouteInput {
  readonly DestinationCidrBlock?: string;
  readonly DestinationIpv6CidrBlock?: string;
  readonly GatewayId?: string;
  readonly NatGatewayId?: string;
}

/** The destination of a route, under the name of its member. */
type Destination = Pick<Route, 'DestinationCidrBlock' | 'DestinationIpv6CidrBlock'>;

/** Returns the destination of a call in its canonical form: AWS turns 100.68.0.18/18 into 100.68.0.0/18. */
function destinationOf({ DestinationCidrBlock, DestinationIpv6CidrBlock }: RouteInput): Destination {
  if (DestinationIpv6CidrBlock !== undefined) {
    const block = canonicalIpv6Cidr(DestinationIpv6CidrBlock);
    if (block !== undefined && DestinationCidrBlock === undefined) return { DestinationIpv6CidrBlock: block };
    throw errors.invalidValue(
      'destinationIpv6CidrBlock',
      DestinationIpv6CidrBlock,
      'This is not a valid CIDR block.',
    );
  }
  if (!DestinationCidrBlock) throw errors.missingParameter('destinationCidrBlock');
  const range = parseCidr(DestinationCidrBlock);
  if (!range)
    throw errors.invalidValue(
      'destinationCidrBlock',
      DestinationCidrBlock,
      'This is not a valid CIDR block.',
    );
  return { DestinationCidrBlock: range.toString() };
}

const textOf = ({ DestinationCidrBlock, DestinationIpv6CidrBlock }: Destination): string =>
  DestinationCidrBlock ?? DestinationIpv6CidrBlock ?? '';

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
const routeIn = ({ Routes }: RouteTableRow, destination: Destination) =>
  Routes.find((route) => textOf(route) === textOf(destination));

export const routeOperations = {
  /** Refuses a destination that already has a route, even to the same target. Only `ReplaceRoute` changes routes. */
  CreateRoute: {
    inputMembers: [
      'RouteTableId',
      'DestinationCidrBlock',
      'DestinationIpv6CidrBlock',
      'GatewayId',
      'NatGatewayId',
    ],
    run(input, region) {
      const table = rowOf(region.ec2.routeTables, input.RouteTableId);
      const destination = destinationOf(input);
      if (routeIn(table, destination)) {
        throw refusal('RouteAlreadyExists', `The route identified by ${textOf(destination)} already exists.`);
      }
      const localBlock = table.Routes.find(isLocal)?.DestinationCidrBlock;
      const { DestinationCidrBlock: ipv4Block } = destination;
      if (ipv4Block !== undefined && cidrCovers(localBlock, ipv4Block)) {
        throw errors.invalidParameter(
          `The destination CIDR block ${textOf(destination)} is equal to or more specific than one of this VPC's CIDR blocks. This route can target only an interface or an instance.`,
        );
      }
      const target = targetOf(region, table, input);
      checkQuota(quotas.routesPerTable, table.Routes.length + 1);
      table.Routes.push({ ...destination, ...target, Origin: 'CreateRoute' });
      return { Return: true };
    },
  },

  ReplaceRoute: {
    inputMembers: [
      'RouteTableId',
      'DestinationCidrBlock',
      'DestinationIpv6CidrBlock',
      'GatewayId',
      'NatGatewayId',
    ],
    run(input, region) {
      const table = rowOf(region.ec2.routeTables, input.RouteTableId);
      const destination = destinationOf(input);
      const route = routeIn(table, destination);
      if (!route) {
        throw errors.invalidParameter(
          `There is no route defined for '${textOf(destination)}' in the route table. Use CreateRoute instead.`,
        );
      }
      if (isLocal(route)) throw errors.notImplemented('a replacement of the local route');
      const target = targetOf(region, table, input);
      table.Routes = table.Routes.map((one) =>
        one === route ? { ...destination, ...target, Origin: 'CreateRoute' } : one,
      );
      return {};
    },
  },

  DeleteRoute: {
    inputMembers: ['RouteTableId', 'DestinationCidrBlock', 'DestinationIpv6CidrBlock'],
    run(input, region) {
      const table = rowOf(region.ec2.routeTables, input.RouteTableId);
      const destination = destinationOf(input);
      const route = routeIn(table, destination);
      if (!route) {
        throw refusal(
          'InvalidRoute.NotFound',
          `no route with destination-cidr-block ${textOf(destination)} in route table ${table.RouteTableId}`,
        );
      }
      if (isLocal(route)) {
        throw errors.invalidParameter(
          `cannot remove local route ${textOf(destination)} in route table ${table.RouteTableId}`,
        );
      }
      table.Routes = table.Routes.filter((one) => one !== route);
      return {};
    },
  },
} satisfies Operations<typeof EC2>;
