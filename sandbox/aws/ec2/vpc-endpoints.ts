/** VPC endpoints of type gateway: an endpoint adds a route to its route tables, and its deletion removes these routes. */
import type * as EC2 from '@aws-sdk/client-ec2';
import type { CreateVpcEndpointRequest, Tag, VpcEndpoint } from '@aws-sdk/client-ec2';
import type { Operations } from '../../operations.ts';
import { refusal } from '../../protocol/refusal.ts';
import type { Region } from '../../world/region.ts';
import { rowOf } from '../finder.ts';
import { differentNetworks, missingParameter, notImplemented } from './errors.ts';
import { filtered, page, requestedRows, type FilterTable } from './filters.ts';
import { always, makeEc2Table, newId } from './kinds.ts';
import { prefixListIdOf } from './prefix-lists.ts';
import { tagsFor } from './tags.ts';
import { oncePerToken } from './tokens.ts';

/** A gateway endpoint. Each table in `RouteTableIds` has a route to the endpoint. */
interface VpcEndpointRow {
  VpcEndpointId: string;
  VpcId: string;
  ServiceName: string;
  RouteTableIds: string[];
  PolicyDocument: string;
  CreationTimestamp: Date;
  Tags: Tag[];
}

const notFoundMessage = (id: string): string => `The Vpc Endpoint Id '${id}' does not exist`;

export const vpcEndpointTables = () => ({
  vpcEndpoints: makeEc2Table<VpcEndpointRow>({
    idPrefix: 'vpce',
    tagType: 'vpc-endpoint',
    parameter: 'vpcEndpointId',
    listedBy: ['DescribeVpcEndpoints'],
    notFound: (id) => refusal('InvalidVpcEndpointId.NotFound', notFoundMessage(id)),
    malformedCode: 'InvalidVpcEndpointId.Malformed',
    blockedVpcId: ({ VpcId }) => VpcId,
    isInCensus: always,
  }),
});

/** The policy of an endpoint whose create call contains no policy. This policy allows everything. */
const FULL_ACCESS = JSON.stringify({
  Version: '2008-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }],
});

/**
 * Gives each of the given route tables a route to the endpoint. If one of the tables already has a route to the endpoint's
 * service, no table changes.
 * @throws RouteAlreadyExists
 */
function addRoutes(region: Region, endpoint: VpcEndpointRow, ids: readonly string[]): void {
  const DestinationPrefixListId = prefixListIdOf(region, endpoint.ServiceName);
  const tables = ids.map((id) => rowOf(region.ec2.routeTables, id));
  for (const { RouteTableId, VpcId, Routes } of tables) {
    if (VpcId !== endpoint.VpcId)
      throw differentNetworks(`route table ${RouteTableId}`, `network ${endpoint.VpcId}`);
    if (Routes.some((route) => route.DestinationPrefixListId === DestinationPrefixListId)) {
      throw refusal(
        'RouteAlreadyExists',
        `route table ${RouteTableId} already has a route with destination-prefix-list-id ${DestinationPrefixListId}`,
      );
    }
  }
  const route = {
    DestinationPrefixListId,
    GatewayId: endpoint.VpcEndpointId,
    Origin: 'CreateRoute',
  } as const;
  for (const table of tables) table.Routes = [...table.Routes, route];
  endpoint.RouteTableIds = [...endpoint.RouteTableIds, ...ids];
}

/** Removes the routes to an endpoint from the given route tables. */
function removeRoutes({ ec2 }: Region, endpoint: VpcEndpointRow, ids: readonly string[]): void {
  for (const table of ec2.routeTables.filter(({ RouteTableId }) => ids.includes(RouteTableId))) {
    table.Routes = table.Routes.filter(({ GatewayId }) => GatewayId !== endpoint.VpcEndpointId);
  }
  endpoint.RouteTableIds = endpoint.RouteTableIds.filter((id) => !ids.includes(id));
}

function addEndpoint(region: Region, input: CreateVpcEndpointRequest): string {
  if ((input.VpcEndpointType ?? 'Gateway') !== 'Gateway') {
    throw notImplemented(`VpcEndpointType ${input.VpcEndpointType}`);
  }
  // Terraform always sends false.
  if (input.PrivateDnsEnabled) throw notImplemented('PrivateDnsEnabled');
  if (!input.ServiceName) throw missingParameter('serviceName');
  const { VpcId } = rowOf(region.ec2.vpcs, input.VpcId);
  const endpoint: VpcEndpointRow = {
    VpcEndpointId: newId(region, region.ec2.vpcEndpoints),
    VpcId,
    ServiceName: input.ServiceName,
    RouteTableIds: [],
    PolicyDocument: FULL_ACCESS,
    CreationTimestamp: region.now(),
    Tags: tagsFor(region.ec2.vpcEndpoints, input.TagSpecifications),
  };
  addRoutes(region, endpoint, input.RouteTableIds ?? []);
  region.ec2.vpcEndpoints.set(endpoint.VpcEndpointId, endpoint);
  return endpoint.VpcEndpointId;
}

/** Returns an endpoint as AWS shows it. AWS sends the state in lower case, but the API model capitalises it. */
const viewOf = ({ account, ec2 }: Region, endpoint: VpcEndpointRow, state = 'available'): VpcEndpoint => ({
  ...endpoint,
  VpcEndpointType: 'Gateway',
  State: state as EC2.State,
  OwnerId: account,
  RequesterManaged: false,
  PrivateDnsEnabled: false,
  // Omits deleted tables, but keeps existing tables that the call does not see yet.
  RouteTableIds: endpoint.RouteTableIds.filter((id) => ec2.routeTables.has(id) || ec2.routeTables.hides(id)),
  SubnetIds: [],
  Groups: [],
  NetworkInterfaceIds: [],
  DnsEntries: [],
});

const filters: FilterTable<VpcEndpointRow> = {
  'service-name': (endpoint) => endpoint.ServiceName,
  'vpc-endpoint-id': (endpoint) => endpoint.VpcEndpointId,
  'vpc-endpoint-state': () => 'available',
  'vpc-endpoint-type': () => 'Gateway',
  'vpc-id': (endpoint) => endpoint.VpcId,
};

export const vpcEndpointOperations = {
  /** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html */
  CreateVpcEndpoint: {
    inputMembers: [
      ...(['VpcEndpointType', 'VpcId', 'ServiceName', 'RouteTableIds'] as const),
      ...(['PrivateDnsEnabled', 'ClientToken', 'TagSpecifications'] as const),
    ],
    run(input, region) {
      const { vpcEndpoints } = region.ec2;
      const endpoint = oncePerToken(region, 'CreateVpcEndpoint', input, vpcEndpoints, () =>
        addEndpoint(region, input),
      );
      const state = vpcEndpoints.has(endpoint.VpcEndpointId) ? 'available' : 'deleted';
      return { VpcEndpoint: viewOf(region, endpoint, state), ClientToken: input.ClientToken };
    },
  },

  DescribeVpcEndpoints: {
    inputMembers: ['VpcEndpointIds', 'Filters', 'MaxResults', 'NextToken'],
    run(input, region) {
      const rows = filtered(
        requestedRows(input.VpcEndpointIds, region.ec2.vpcEndpoints),
        input.Filters,
        filters,
      );
      const { rows: endpoints, NextToken } = page(rows, input);
      return { VpcEndpoints: endpoints.map((endpoint) => viewOf(region, endpoint)), NextToken };
    },
  },

  ModifyVpcEndpoint: {
    inputMembers: ['VpcEndpointId', 'AddRouteTableIds', 'RemoveRouteTableIds'],
    run(input, region) {
      const endpoint = rowOf(region.ec2.vpcEndpoints, input.VpcEndpointId);
      const removedTables = (input.RemoveRouteTableIds ?? []).map((id) => rowOf(region.ec2.routeTables, id));
      addRoutes(region, endpoint, input.AddRouteTableIds ?? []);
      removeRoutes(
        region,
        endpoint,
        removedTables.map(({ RouteTableId }) => RouteTableId),
      );
      return { Return: true };
    },
  },

  /** Succeeds even if an endpoint is unknown. The response then contains an error code that only this call uses. */
  DeleteVpcEndpoints: {
    inputMembers: ['VpcEndpointIds'],
    run({ VpcEndpointIds = [] }, region) {
      const { vpcEndpoints } = region.ec2;
      const Unsuccessful = [];
      for (const ResourceId of VpcEndpointIds) {
        const endpoint = vpcEndpoints.get(ResourceId);
        if (endpoint) {
          removeRoutes(region, endpoint, endpoint.RouteTableIds);
          vpcEndpoints.delete(ResourceId);
        } else {
          const Message = notFoundMessage(ResourceId);
          Unsuccessful.push({ ResourceId, Error: { Code: 'InvalidVpcEndpoint.NotFound', Message } });
        }
      }
      return { Unsuccessful };
    },
  },
} satisfies Operations<typeof EC2>;
