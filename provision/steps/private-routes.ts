/** The private route tables, one per zone: they route from the private subnets to the NAT gateway. */
import { subnetKeys } from '../../lib/derive/subnet-layout.ts';
import { desiredTags } from '../../lib/derive/tags.ts';
import type { Planned, Step } from '../../lib/engine/step.ts';
import type { Desired } from '../../lib/look/context.ts';
import type { Survey } from '../../lib/look/found.ts';
import { inAnotherVpc } from '../../lib/look/vpc.ts';
import { compare, knownAfter, type DesiredFields } from '../../lib/model/change.ts';
import { only } from '../../lib/model/resources.ts';
import { configureRouting, createRouteTable, routeFields, type RouteField } from '../route-tables.ts';

function desiredFields(
  desired: Desired,
  found: Survey,
  planned: Planned<'natGateway'>,
): Map<string, DesiredFields<RouteField>> {
  // A NAT gateway that is about to be replaced is not used as a target.
  const nat = planned.isReplaced('natGateway') ? undefined : only(found.natGateway)?.natGatewayId;
  return new Map(
    subnetKeys(desired.config.network, 'private').map((key) => [
      key,
      {
        vpc: only(found.vpc)?.vpcId ?? knownAfter('vpc'),
        'default route': nat ?? knownAfter('natGateway'),
        subnets: found.subnets.get(key)?.subnetId ?? knownAfter('subnets'),
        ...desiredTags(desired, 'privateRoutes', key),
      },
    ]),
  );
}

export const privateRoutes: Step<'privateRoutes', RouteField> = {
  diff: (desired, found, planned) =>
    compare({
      noun: 'privateRoutes',
      desired: desiredFields(desired, found, planned),
      found: found.privateRoutes,
      fieldsOf: (table, key) => routeFields(table, [found.subnets.get(key)?.subnetId]),
      whyUnchangeable: inAnotherVpc(found),
    }),

  create: (context) => createRouteTable(context, only(context.ids.vpc)?.vpcId ?? ''),

  /** AWS accepts a pending NAT gateway as a target. */
  configure: (context, { routeTableId }) =>
    configureRouting(context, routeTableId, {
      target: { NatGatewayId: only(context.ids.natGateway)?.natGatewayId ?? '' },
      subnetIds: [context.ids.subnets.get(context.change.key)?.subnetId ?? ''],
    }),
};
