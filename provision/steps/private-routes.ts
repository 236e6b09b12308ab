/** The private route tables, one a zone: from the private subnets to the NAT gateway. */
import { compare, later, type WantedFields } from '../../lib/model/change.ts';
import { subnetKeys } from '../../lib/derive/subnet-layout.ts';
import type { Survey } from '../../lib/look/found.ts';
import type { Want } from '../../lib/look/context.ts';
import { astray } from '../../lib/look/vpc.ts';
import { only, ONLY } from '../../lib/model/resources.ts';
import { applyRouting, routeFields } from '../route-tables.ts';
import type { Step } from '../../lib/engine/step.ts';
import { wantedTags } from '../../lib/derive/tags.ts';
import { natGateway } from './nat-gateway.ts';

function wanted(want: Want, found: Survey): Map<string, WantedFields> {
  const nat = lastingNat(want, found) ?? later('natGateway');
  return new Map(
    subnetKeys(want.config.network, 'private').map((key) => [
      key,
      {
        vpc: only(found.vpc)?.vpcId ?? later('vpc'),
        'default route': nat,
        subnets: found.subnets.get(key)?.subnetId ?? later('subnets'),
        ...wantedTags(want, 'privateRoutes', key),
      },
    ]),
  );
}

/** A gateway that is about to be replaced is not the one to route to. */
function lastingNat(want: Want, found: Survey): string | undefined {
  const replaced = natGateway.diff(want, found).some(({ key, verb }) => key === ONLY && verb === 'replace');
  return replaced ? undefined : only(found.natGateway)?.natGatewayId;
}

export const privateRoutes: Step<'privateRoutes'> = {
  diff: (want, found) =>
    compare({
      step: 'privateRoutes',
      wanted: wanted(want, found),
      found: found.privateRoutes,
      fieldsOf: (table, key) => routeFields(table, [found.subnets.get(key)?.subnetId]),
      stuck: astray(found),
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
