/** The private route tables, one a zone: from the private subnets to the NAT gateway. */
import { compare, later, type Fields } from '../lib/change.ts';
import { subnetKeys } from '../lib/layout.ts';
import type { Survey } from '../lib/look/found.ts';
import type { Want } from '../lib/look/see.ts';
import { only } from '../lib/resources.ts';
import { applyRouting, routeFields } from '../lib/routes.ts';
import type { Step } from '../lib/step.ts';
import { tagFields, tagsOf } from '../lib/tags.ts';

const wanted = ({ config, names }: Want, found: Survey): Map<string, Fields> =>
  new Map(
    subnetKeys(config.network, 'private').map((key) => [
      key,
      {
        vpc: only(found.vpc)?.vpcId ?? later('vpc'),
        'default route': liveNat(found) ?? later('natGateway'),
        subnets: found.subnets.get(key)?.subnetId ?? later('subnets'),
        ...tagFields(tagsOf(config, names.stack, 'privateRoutes', key)),
      },
    ]),
  );

/** A failed gateway is about to be replaced: its id is not the one to route to. */
function liveNat(found: Survey): string | undefined {
  const nat = only(found.natGateway);
  return nat && ['available', 'pending'].includes(nat.state) ? nat.natGatewayId : undefined;
}

export const privateRoutes: Step<'privateRoutes'> = {
  diff: (want, found) =>
    compare({
      step: 'privateRoutes',
      wanted: wanted(want, found),
      found: found.privateRoutes,
      fieldsOf: routeFields,
      immutable: { vpc: 'a route table cannot move to another VPC' },
    }),

  /** A pending NAT gateway is accepted as a target. */
  async apply(act) {
    const { made, change } = act;
    const routeTableId = await applyRouting(act, {
      vpcId: only(made.vpc)?.vpcId ?? '',
      target: { NatGatewayId: only(made.natGateway)?.natGatewayId ?? '' },
      subnetIds: [made.subnets.get(change.key)?.subnetId ?? ''],
    });
    return { routeTableId };
  },
};
