/** The public route table: from the public subnets to the internet gateway. */
import { compare, knownAfter, type DesiredFields } from '../../lib/model/change.ts';
import { subnetKeys } from '../../lib/derive/subnet-layout.ts';
import type { Survey } from '../../lib/look/found.ts';
import type { Desired } from '../../lib/look/context.ts';
import { inAnotherVpc } from '../../lib/look/vpc.ts';
import { only, ONLY } from '../../lib/model/resources.ts';
import { applyRouting, routeFields } from '../route-tables.ts';
import type { Step } from '../../lib/engine/step.ts';
import { desiredTags } from '../../lib/derive/tags.ts';

const subnetIdsOf = ({ config }: Desired, found: Survey): (string | undefined)[] =>
  subnetKeys(config.network, 'public').map((key) => found.subnets.get(key)?.subnetId);

function desiredFields(desired: Desired, found: Survey): DesiredFields {
  const subnetIds = subnetIdsOf(desired, found);
  return {
    vpc: only(found.vpc)?.vpcId ?? knownAfter('vpc'),
    'default route': only(found.internetGateway)?.internetGatewayId ?? knownAfter('internetGateway'),
    subnets: subnetIds.includes(undefined) ? knownAfter('subnets') : subnetIds.sort().join(', '),
    ...desiredTags(desired, 'publicRoutes', ONLY),
  };
}

export const publicRoutes: Step<'publicRoutes'> = {
  diff: (desired, found) =>
    compare({
      noun: 'publicRoutes',
      desired: new Map([[ONLY, desiredFields(desired, found)]]),
      found: found.publicRoutes,
      fieldsOf: (table) => routeFields(table, subnetIdsOf(desired, found)),
      cannotUpdate: inAnotherVpc(found),
    }),

  async apply(context) {
    const { ids: made, config } = context;
    const routeTableId = await applyRouting(context, {
      vpcId: only(made.vpc)?.vpcId ?? '',
      target: { GatewayId: only(made.internetGateway)?.internetGatewayId ?? '' },
      subnetIds: subnetKeys(config.network, 'public').map((key) => made.subnets.get(key)?.subnetId ?? ''),
    });
    return { routeTableId };
  },
};
