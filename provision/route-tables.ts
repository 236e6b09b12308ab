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
import { findWithin, LIST_LAG_MS } from '../lib/engine/create-once.ts';
import { createWithToken } from '../lib/engine/create-with-token.ts';
import { EVERYWHERE, type FoundRouteTable } from '../lib/look/route-tables.ts';
import { retag } from '../lib/aws/retag.ts';
import type { ApplyContext } from '../lib/engine/step.ts';
import { tagFields, toPascalCaseTags } from '../lib/derive/tags.ts';

/** The act of either route step, as far as both are alike. */
type RouteAct = Pick<
  ApplyContext<'publicRoutes'>,
  | 'lookAgain'
  | 'aws'
  | 'duplicateGuard'
  | 'change'
  | 'intent'
  | 'existing'
  | 'record'
  | 'renewIntent'
  | 'tags'
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
export async function applyRouting(context: RouteAct, routing: Routing): Promise<string> {
  const id = context.existing?.routeTableId ?? (await create(context, routing.vpcId));
  await context.record({ routeTableId: id });
  if (touches(context.change, 'default route')) await setDefaultRoute(context, id, routing);
  if (touches(context.change, 'subnets')) {
    await Promise.all(routing.subnetIds.map((subnetId) => associate(context, id, subnetId)));
  }
  await retag(context, id);
  return id;
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRouteTable.html */
const create = (context: RouteAct, VpcId: string): Promise<string> =>
  createWithToken(
    { ...context, lookAgain: async () => (await context.lookAgain())?.routeTableId },
    async (ClientToken) => {
      const { RouteTable } = await context.aws.ec2(
        new CreateRouteTableCommand({
          VpcId,
          ClientToken,
          TagSpecifications: [{ ResourceType: 'route-table', Tags: toPascalCaseTags(context.tags) }],
        }),
      );
      return RouteTable?.RouteTableId;
    },
  );

/**
 * A route that is there already is refused even with the same target; its target changes by a call of its own.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReplaceRoute.html
 */
async function setDefaultRoute(
  { aws, existing: item }: RouteAct,
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
async function associate(context: RouteAct, RouteTableId: string, SubnetId: string): Promise<void> {
  const { aws, duplicateGuard: careful, existing: item } = context;
  if (item?.associations[SubnetId]) return;
  try {
    await aws.ec2(new AssociateRouteTableCommand({ RouteTableId, SubnetId }));
  } catch (error) {
    if (!isCode(error, 'Resource.AlreadyAssociated')) throw error;
    const held = await findWithin(careful, LIST_LAG_MS, () => associationOf(aws, SubnetId));
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
