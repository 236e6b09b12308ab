/** Route tables with one default route: the code that the steps of public and private route tables share. */
import {
  AssociateRouteTableCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  DeleteRouteCommand,
  DescribeRouteTablesCommand,
  ReplaceRouteCommand,
  ReplaceRouteTableAssociationCommand,
  type RouteTableAssociation,
} from '@aws-sdk/client-ec2';
import type { Aws } from '../lib/aws/clients.ts';
import { isCode } from '../lib/aws/errors.ts';
import { retag } from '../lib/aws/retag.ts';
import { tagFields, toPascalCaseTags, type TagField } from '../lib/derive/tags.ts';
import { findWithin, LIST_LAG_MS } from '../lib/engine/create-once.ts';
import { ignoringNotFound } from '../lib/engine/delete.ts';
import { createWithToken } from '../lib/engine/create-with-token.ts';
import type { ApplyContext } from '../lib/engine/step.ts';
import { EVERYWHERE, EVERYWHERE_IPV6, type FoundRouteTable } from '../lib/look/route-tables.ts';
import { touches, type Fields } from '../lib/model/change.ts';

/** The fields of a route table that are compared. */
export type RouteField = 'vpc' | 'default route' | 'ipv6 route' | 'subnets' | TagField;

/** The members of an `ApplyContext` that both steps have in common. */
type RouteContext = Pick<
  ApplyContext<'publicRoutes', RouteField>,
  'aws' | 'change' | 'duplicateGuard' | 'existing' | 'intent' | 'lookAgain' | 'renewIntent' | 'tags'
>;

/** The default route of a table, and the subnets that use the table. */
export interface Routing {
  readonly target: { readonly GatewayId: string } | { readonly NatGatewayId: string };
  readonly subnetIds: readonly string[];
  /** Whether there is a default route for IPv6 as well, to the same target. */
  readonly hasIpv6?: boolean;
}

/**
 * Converts a found table to the fields that its step compares.
 * @param subnetIds the subnets that should use the table; other associations are not compared
 */
export const routeFields = (
  { vpcId, defaultTarget, defaultIpv6Target, blackhole, associations, tags }: FoundRouteTable,
  subnetIds: readonly (string | undefined)[],
): Fields<RouteField> => ({
  vpc: vpcId,
  ...(defaultTarget !== undefined && {
    'default route': blackhole ? `${defaultTarget} (blackhole)` : defaultTarget,
  }),
  ...(defaultIpv6Target !== undefined && { 'ipv6 route': defaultIpv6Target }),
  subnets: Object.keys(associations)
    .filter((subnetId) => subnetIds.includes(subnetId))
    .sort()
    .join(', '),
  ...tagFields(tags),
});

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRouteTable.html */
export async function createRouteTable(
  context: RouteContext,
  VpcId: string,
): Promise<{ routeTableId: string }> {
  const lookAgain = async () => (await context.lookAgain())?.routeTableId;
  const routeTableId = await createWithToken({ ...context, lookAgain }, async (ClientToken) => {
    const { RouteTable } = await context.aws.ec2(
      new CreateRouteTableCommand({
        VpcId,
        ClientToken,
        TagSpecifications: [{ ResourceType: 'route-table', Tags: toPascalCaseTags(context.tags) }],
      }),
    );
    return RouteTable?.RouteTableId;
  });
  return { routeTableId };
}

/** Sets the default route, the associations and the tags of a table, where they differ. */
export async function configureRouting(
  context: RouteContext,
  routeTableId: string,
  routing: Routing,
): Promise<void> {
  const { existing } = context;
  if (touches(context.change, 'default route'))
    await setRoute(context, routeTableId, routing, existing?.defaultTarget, {
      DestinationCidrBlock: EVERYWHERE,
    });
  if (routing.hasIpv6 && touches(context.change, 'ipv6 route'))
    await setRoute(context, routeTableId, routing, existing?.defaultIpv6Target, {
      DestinationIpv6CidrBlock: EVERYWHERE_IPV6,
    });
  if (touches(context.change, 'subnets')) {
    await Promise.all(routing.subnetIds.map((subnetId) => associate(context, routeTableId, subnetId)));
  }
  await retag(context, routeTableId);
}

/**
 * Creates a default route, or changes its target. AWS refuses to create a route that exists, even with the same target.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReplaceRoute.html
 */
async function setRoute(
  { aws }: RouteContext,
  RouteTableId: string,
  { target }: Routing,
  existingTarget: string | undefined,
  destination: { readonly DestinationCidrBlock: string } | { readonly DestinationIpv6CidrBlock: string },
): Promise<void> {
  const route = { RouteTableId, ...destination, ...target };
  if (existingTarget !== undefined) {
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

/** Deletes the default route for IPv6, which the configuration no longer asks for. */
export async function removeIpv6Route({ aws, existing }: RouteContext): Promise<void> {
  if (existing?.defaultIpv6Target === undefined) return;
  const route = { RouteTableId: existing.routeTableId, DestinationIpv6CidrBlock: EVERYWHERE_IPV6 };
  await ignoringNotFound(() => aws.ec2(new DeleteRouteCommand(route)));
}

/** Associates a subnet with a table. A subnet uses only one table, so its association with another table is replaced. */
async function associate(
  { aws, duplicateGuard, existing }: RouteContext,
  RouteTableId: string,
  SubnetId: string,
): Promise<void> {
  if (existing?.associations[SubnetId]) return;
  try {
    await aws.ec2(new AssociateRouteTableCommand({ RouteTableId, SubnetId }));
  } catch (error) {
    if (!isCode(error, 'Resource.AlreadyAssociated')) throw error;
    const current = await findWithin(duplicateGuard, LIST_LAG_MS, () => associationOf(aws, SubnetId));
    if (!current) throw error;
    if (current.RouteTableId === RouteTableId) return;
    const AssociationId = current.RouteTableAssociationId;
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
