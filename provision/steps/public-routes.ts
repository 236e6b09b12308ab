/** The public route table: it routes from the public subnets to the internet gateway. */
import { subnetKeys } from '../../lib/derive/subnet-layout.ts';
import { desiredTags } from '../../lib/derive/tags.ts';
import type { Step } from '../../lib/engine/step.ts';
import type { Desired } from '../../lib/look/context.ts';
import type { Survey } from '../../lib/look/found.ts';
import { inAnotherVpc } from '../../lib/look/vpc.ts';
import { compare, knownAfter, type DesiredFields } from '../../lib/model/change.ts';
import { only, ONLY } from '../../lib/model/resources.ts';
import {
  configureRouting,
  createRouteTable,
  removeIpv6Route,
  routeFields,
  type RouteField,
} from '../route-tables.ts';

const subnetIdsOf = ({ config }: Desired, found: Survey): (string | undefined)[] =>
  subnetKeys(config.network, 'public').map((key) => found.subnets.get(key)?.subnetId);

function desiredFields(desired: Desired, found: Survey): DesiredFields<RouteField> {
  const subnetIds = subnetIdsOf(desired, found);
  const gatewayId = only(found.internetGateway)?.internetGatewayId ?? knownAfter('internetGateway');
  return {
    vpc: only(found.vpc)?.vpcId ?? knownAfter('vpc'),
    'default route': gatewayId,
    'ipv6 route': desired.config.ipv6 ? gatewayId : undefined,
    subnets: subnetIds.includes(undefined) ? knownAfter('subnets') : subnetIds.sort().join(', '),
    ...desiredTags(desired, 'publicRoutes', ONLY),
  };
}

export const publicRoutes: Step<'publicRoutes', RouteField> = {
  diff: (desired, found) =>
    compare({
      noun: 'publicRoutes',
      desired: new Map([[ONLY, desiredFields(desired, found)]]),
      found: found.publicRoutes,
      fieldsOf: (table) => routeFields(table, subnetIdsOf(desired, found)),
      whyUnchangeable: inAnotherVpc(found),
    }),

  create: (context) => createRouteTable(context, only(context.ids.vpc)?.vpcId ?? ''),

  configure: (context, { routeTableId }) =>
    configureRouting(context, routeTableId, {
      target: { GatewayId: only(context.ids.internetGateway)?.internetGatewayId ?? '' },
      hasIpv6: context.config.ipv6,
      subnetIds: subnetKeys(context.config.network, 'public').map(
        (key) => context.ids.subnets.get(key)?.subnetId ?? '',
      ),
    }),

  async cleanUp(context) {
    if (!context.config.ipv6) await removeIpv6Route(context);
  },
};
