/** Route tables with one default route: what the public and the private ones have in common. */
import {
  AssociateRouteTableCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  DescribeRouteTablesCommand,
  ReplaceRouteCommand,
  ReplaceRouteTableAssociationCommand,
} from '@aws-sdk/client-ec2';
import { isCode } from './aws-error.ts';
import { touches, type Fields } from './change.ts';
import { EVERYWHERE, type FoundRouteTable } from './look/route-tables.ts';
import type { Ids } from './resources.ts';
import { retag } from './retag.ts';
import type { Act } from './step.ts';
import { tagFields, upper } from './tags.ts';

/** The act of either route step, as far as both are alike. */
interface RouteAct extends Pick<Act<'publicRoutes'>, 'aws' | 'change' | 'intent' | 'tags'> {
  readonly item: FoundRouteTable | undefined;
  record(ids: Ids['publicRoutes']): Promise<void>;
}

/** What the default route of a table should be, and for which subnets the table is. */
export interface Routing {
  readonly vpcId: string;
  readonly target: { readonly GatewayId: string } | { readonly NatGatewayId: string };
  readonly subnetIds: readonly string[];
}

/** A found table as the fields that its step compares. */
export const routeFields = ({
  vpcId,
  defaultTarget,
  blackhole,
  associations,
  tags,
}: FoundRouteTable): Fields => ({
  vpc: vpcId,
  'default route': blackhole ? `${defaultTarget ?? ''} (blackhole)` : (defaultTarget ?? ''),
  subnets: Object.keys(associations).sort().join(', '),
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

/** Takes a client token: a repeated create gives the same table. */
async function create({ aws, intent, tags }: RouteAct, VpcId: string): Promise<string> {
  const { RouteTable } = await aws.ec2(
    new CreateRouteTableCommand({
      VpcId,
      ClientToken: intent.token,
      TagSpecifications: [{ ResourceType: 'route-table', Tags: upper(tags) }],
    }),
  );
  return RouteTable?.RouteTableId ?? '';
}

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
async function associate({ aws, item }: RouteAct, RouteTableId: string, SubnetId: string): Promise<void> {
  if (item?.associations[SubnetId]) return;
  try {
    await aws.ec2(new AssociateRouteTableCommand({ RouteTableId, SubnetId }));
  } catch (error) {
    if (!isCode(error, 'Resource.AlreadyAssociated')) throw error;
    const { RouteTables = [] } = await aws.ec2(
      new DescribeRouteTablesCommand({ Filters: [{ Name: 'association.subnet-id', Values: [SubnetId] }] }),
    );
    const other = RouteTables.flatMap(({ Associations = [] }) => Associations).find(
      (association) => association.SubnetId === SubnetId,
    );
    if (other?.RouteTableId === RouteTableId) return;
    await aws.ec2(
      new ReplaceRouteTableAssociationCommand({
        AssociationId: other?.RouteTableAssociationId,
        RouteTableId,
      }),
    );
  }
}
