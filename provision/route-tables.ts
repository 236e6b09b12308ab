/** Route tables with one default route: what the public and the private ones have in common. */
import {
  AssociateRouteTableCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  DescribeRouteTablesCommand,
  ReplaceRouteCommand,
  ReplaceRouteTableAssociationCommand,
  type RouteTableAssociation,
} from '@aws-sdk/client-ec2';
import { isCode } from '../lib/aws/errors.ts';
import { touches, type Fields } from '../lib/model/change.ts';
import type { Aws } from '../lib/aws/clients.ts';
import { findWithin, LAG } from '../lib/engine/create-once.ts';
import { createWithToken } from '../lib/engine/create-with-token.ts';
import { EVERYWHERE, type FoundRouteTable } from '../lib/look/route-tables.ts';
import { retag } from '../lib/aws/retag.ts';
import type { Act } from '../lib/engine/step.ts';
import { tagFields, upper } from '../lib/derive/tags.ts';

/** The act of either route step, as far as both are alike. */
type RouteAct = Pick<
  Act<'publicRoutes'>,
  'again' | 'aws' | 'careful' | 'change' | 'intent' | 'item' | 'record' | 'renew' | 'tags'
>;

/** What the default route of a table should be, and for which subnets the table is. */
export interface Routing {
  readonly vpcId: string;
  readonly target: { readonly GatewayId: string } | { readonly NatGatewayId: string };
  readonly subnetIds: readonly string[];
}

/**
 * A found table as the fields that its step compares.
 * @param subnetIds the subnets that it should be for; what others do with it is theirs
 */
export const routeFields = (
  { vpcId, defaultTarget, blackhole, associations, tags }: FoundRouteTable,
  subnetIds: readonly (string | undefined)[],
): Fields => ({
  vpc: vpcId,
  ...(defaultTarget !== undefined && {
    'default route': blackhole ? `${defaultTarget} (blackhole)` : defaultTarget,
  }),
  subnets: Object.keys(associations)
    .filter((subnetId) => subnetIds.includes(subnetId))
    .sort()
    .join(', '),
  ...tagFields(tags),
});

/** Makes a table, or brings one to what it should be, and returns its id. */
export async function applyRouting(act: RouteAct, routing: Routing): Promise<string> {
  const id = act.item?.routeTableId ?? (await create(act, routing.vpcId));
  await act.record({ routeTableId: id });
  if (touches(act.change, 'default route')) await setDefaultRoute(act, id, routing);
  if (touches(act.change, 'subnets')) {
    await Promise.all(routing.subnetIds.map((subnetId) => associate(act, id, subnetId)));
  }
  await retag(act, id);
  return id;
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRouteTable.html */
const create = (act: RouteAct, VpcId: string): Promise<string> =>
  createWithToken({ ...act, again: async () => (await act.again())?.routeTableId }, async (ClientToken) => {
    const { RouteTable } = await act.aws.ec2(
      new CreateRouteTableCommand({
        VpcId,
        ClientToken,
        TagSpecifications: [{ ResourceType: 'route-table', Tags: upper(act.tags) }],
      }),
    );
    return RouteTable?.RouteTableId;
  });

/**
 * A route that is there already is refused even with the same target; its target changes by a call of its own.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReplaceRoute.html
 */
async function setDefaultRoute(
  { aws, item }: RouteAct,
  RouteTableId: string,
  { target }: Routing,
): Promise<void> {
  const route = { RouteTableId, DestinationCidrBlock: EVERYWHERE, ...target };
  if (item?.defaultTarget !== undefined) {
    await aws.ec2(new ReplaceRouteCommand(route));
    return;
  }
  try {
    await aws.ec2(new CreateRouteCommand(route));
  } catch (error) {
    if (!isCode(error, 'RouteAlreadyExists')) throw error;
    await aws.ec2(new ReplaceRouteCommand(route));
  }
}

/** A subnet has one table: one that it has already is replaced. */
async function associate(act: RouteAct, RouteTableId: string, SubnetId: string): Promise<void> {
  const { aws, careful, item } = act;
  if (item?.associations[SubnetId]) return;
  try {
    await aws.ec2(new AssociateRouteTableCommand({ RouteTableId, SubnetId }));
  } catch (error) {
    if (!isCode(error, 'Resource.AlreadyAssociated')) throw error;
    const held = await findWithin(careful, LAG, () => associationOf(aws, SubnetId));
    if (!held) throw error;
    if (held.RouteTableId === RouteTableId) return;
    const AssociationId = held.RouteTableAssociationId;
    await aws.ec2(new ReplaceRouteTableAssociationCommand({ AssociationId, RouteTableId }));
  }
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRouteTables.html */
async function associationOf({ ec2 }: Aws, subnetId: string): Promise<RouteTableAssociation | undefined> {
  const { RouteTables = [] } = await ec2(
    new DescribeRouteTablesCommand({ Filters: [{ Name: 'association.subnet-id', Values: [subnetId] }] }),
  );
  return RouteTables.flatMap(({ Associations = [] }) => Associations).find(
    ({ SubnetId }) => SubnetId === subnetId,
  );
}
