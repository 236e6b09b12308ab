/** The public route table: from the public subnets to the internet gateway. */
import { compare, later, type Fields } from '../lib/change.ts';
import { subnetKeys } from '../lib/layout.ts';
import type { Survey } from '../lib/look/found.ts';
import type { Want } from '../lib/look/see.ts';
import { only, ONLY } from '../lib/resources.ts';
import { applyRouting, routeFields } from '../lib/routes.ts';
import type { Step } from '../lib/step.ts';
import { tagFields, tagsOf } from '../lib/tags.ts';

function wanted({ config, names }: Want, found: Survey): Fields {
  const subnetIds = subnetKeys(config.network, 'public').map((key) => found.subnets.get(key)?.subnetId);
  return {
    vpc: only(found.vpc)?.vpcId ?? later('vpc'),
    'default route': only(found.internetGateway)?.internetGatewayId ?? later('internetGateway'),
    subnets: subnetIds.includes(undefined) ? later('subnets') : subnetIds.sort().join(', '),
    ...tagFields(tagsOf(config, names.stack, 'publicRoutes', ONLY)),
  };
}

export const publicRoutes: Step<'publicRoutes'> = {
  diff: (want, found) =>
    compare({
      step: 'publicRoutes',
      wanted: new Map([[ONLY, wanted(want, found)]]),
      found: found.publicRoutes,
      fieldsOf: routeFields,
      immutable: { vpc: 'a route table cannot move to another VPC' },
    }),

  async apply(act) {
    const { made, config } = act;
    const routeTableId = await applyRouting(act, {
      vpcId: only(made.vpc)?.vpcId ?? '',
      target: { GatewayId: only(made.internetGateway)?.internetGatewayId ?? '' },
      subnetIds: subnetKeys(config.network, 'public').map((key) => made.subnets.get(key)?.subnetId ?? ''),
    });
    return { routeTableId };
  },
};
