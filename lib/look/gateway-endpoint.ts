/** Finds our gateway endpoint by its tags; AWS still lists an endpoint that is being deleted, but it counts as absent. */
import { DescribeVpcEndpointsCommand, type VpcEndpoint } from '@aws-sdk/client-ec2';
import type { Aws } from '../aws/clients.ts';
import type { Ids } from '../model/architecture.ts';
import type { Items } from '../model/resources.ts';
import { readTags, type Tags } from '../derive/tags.ts';
import { pending, ready, type ProbeResult } from '../engine/until.ts';
import { ifFound } from './if-found.ts';
import { describeOurs } from './recorded.ts';
import { indexByKey, stackTagFilter, type LookContext } from './context.ts';
import { vpcFilter, vpcResource, type VpcListing } from './in-vpc.ts';

export interface FoundGatewayEndpoint extends Readonly<Ids['gatewayEndpoint']> {
  readonly vpcId: string;
  /** The name of the AWS service that it leads to, e.g. `com.amazonaws.eu-west-1.s3`. */
  readonly service: string;
  /** The route tables with a route to it, sorted. */
  readonly routeTableIds: readonly string[];
  readonly tags: Tags;
}

/**
 * Whether an endpoint exists and is not being deleted. AWS spells the states of endpoints both `available` and
 * `Available`.
 */
export const isLiveEndpoint = ({ State }: Pick<VpcEndpoint, 'State'>): boolean =>
  !['deleting', 'deleted'].includes(State?.toLowerCase() ?? '');

/**
 * If there are duplicates, the endpoint with the most route tables keeps the key: two endpoints cannot have routes in the same
 * table.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpoints.html
 */
export async function lookGatewayEndpoint(context: LookContext): Promise<Items<FoundGatewayEndpoint>> {
  const endpoints = await describeOurs(
    context,
    ['gatewayEndpoint'],
    'VpcEndpointId',
    async ({ Filters, ids: VpcEndpointIds, NextToken }) => {
      const { VpcEndpoints = [], NextToken: next } = await context.aws.ec2(
        new DescribeVpcEndpointsCommand({ Filters, VpcEndpointIds, NextToken }),
      );
      return { items: VpcEndpoints, next };
    },
  );
  const existing = endpoints.filter(isLiveEndpoint).map(read);
  return indexByKey(existing.sort((a, b) => b.routeTableIds.length - a.routeTableIds.length));
}

/**
 * Returns the ids of our endpoints that are being deleted, for example by a teardown that was interrupted. Their routes are still
 * in the route tables.
 */
export async function deletingEndpoints(context: Pick<LookContext, 'aws' | 'names'>): Promise<string[]> {
  const { VpcEndpoints = [] } = await context.aws.ec2(
    new DescribeVpcEndpointsCommand({ Filters: stackTagFilter(context) }),
  );
  return VpcEndpoints.filter(({ State }) => State?.toLowerCase() === 'deleting').map(
    ({ VpcEndpointId = '' }) => VpcEndpointId,
  );
}

const read = ({
  VpcEndpointId = '',
  VpcId = '',
  ServiceName = '',
  RouteTableIds = [],
  Tags,
}: VpcEndpoint): FoundGatewayEndpoint => ({
  vpcEndpointId: VpcEndpointId,
  vpcId: VpcId,
  service: ServiceName,
  routeTableIds: [...RouteTableIds].sort(),
  tags: readTags(Tags),
});

/** Probes whether an endpoint is deleted: until then, the route tables still contain its routes, and it is still in its VPC. */
export async function probeEndpointGone({ ec2 }: Aws, id: string): Promise<ProbeResult<undefined>> {
  const described = await ifFound(() => ec2(new DescribeVpcEndpointsCommand({ VpcEndpointIds: [id] })));
  const { State } = described?.VpcEndpoints?.[0] ?? { State: 'deleted' };
  return State?.toLowerCase() === 'deleted' ? ready(undefined) : pending(State ?? 'still listed');
}

/** The endpoints in a VPC, of any type and service. */
export const vpcEndpointsInVpc: VpcListing = {
  kind: 'VPC endpoints',
  async list({ ec2 }, vpcId) {
    const { VpcEndpoints = [] } = await ec2(new DescribeVpcEndpointsCommand({ Filters: vpcFilter(vpcId) }));
    return VpcEndpoints.filter(({ State }) => State?.toLowerCase() !== 'deleted').map(
      ({ VpcEndpointId: id, ServiceName: about, Tags: tags }) =>
        vpcResource('VPC endpoint', 'ec2 delete-vpc-endpoints --vpc-endpoint-ids', { id, about, tags }),
    );
  },
};
