/** The public route table: from the public subnets to the internet gateway. */
import { compare, later, type WantedFields } from '../../lib/model/change.ts';
import { subnetKeys } from '../../lib/derive/subnet-layout.ts';
import type { Survey } from '../../lib/look/found.ts';
import type { Want } from '../../lib/look/context.ts';
import { astray } from '../../lib/look/vpc.ts';
import { only, ONLY } from '../../lib/model/resources.ts';
import { applyRouting, routeFields } from '../route-tables.ts';
import type { Step } from '../../lib/engine/step.ts';
import { wantedTags } from '../../lib/derive/tags.ts';

const subnetIdsOf = ({ config }: Want, found: Survey): (string | undefined)[] =>
  subnetKeys(config.network, 'public').map((key) => found.subnets.get(key)?.subnetId);

function wanted(want: Want, found: Survey): WantedFields {
  const subnetIds = subnetIdsOf(want, found);
  return {
    vpc: only(found.vpc)?.vpcId ?? later('vpc'),
    'default route': only(found.internetGateway)?.internetGatewayId ?? later('internetGateway'),
    subnets: subnetIds.includes(undefined) ? later('subnets') : subnetIds.sort().join(', '),
    ...wantedTags(want, 'publicRoutes', ONLY),
  };
}

export const publicRoutes: Step<'publicRoutes'> = {
  diff: (want, found) =>
    compare({
      step: 'publicRoutes',
      wanted: new Map([[ONLY, wanted(want, found)]]),
      found: found.publicRoutes,
      fieldsOf: (table) => routeFields(table, subnetIdsOf(want, found)),
      stuck: astray(found),
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
