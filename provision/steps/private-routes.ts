/** The private route tables, one a zone: from the private subnets to the NAT gateway. */
import { compare, knownAfter, type DesiredFields } from '../../lib/model/change.ts';
import { subnetKeys } from '../../lib/derive/subnet-layout.ts';
import type { Survey } from '../../lib/look/found.ts';
import type { Desired } from '../../lib/look/context.ts';
import { inAnotherVpc } from '../../lib/look/vpc.ts';
import { only, ONLY } from '../../lib/model/resources.ts';
import { applyRouting, routeFields } from '../route-tables.ts';
import type { Step } from '../../lib/engine/step.ts';
import { desiredTags } from '../../lib/derive/tags.ts';
import { natGateway } from './nat-gateway.ts';

function desiredFields(desired: Desired, found: Survey): Map<string, DesiredFields> {
  const nat = natGatewayToRouteTo(desired, found) ?? knownAfter('natGateway');
  return new Map(
    subnetKeys(desired.config.network, 'private').map((key) => [
      key,
      {
        vpc: only(found.vpc)?.vpcId ?? knownAfter('vpc'),
        'default route': nat,
        subnets: found.subnets.get(key)?.subnetId ?? knownAfter('subnets'),
        ...desiredTags(desired, 'privateRoutes', key),
      },
    ]),
  );
}

/** A gateway that is about to be replaced is not the one to route to. */
function natGatewayToRouteTo(desired: Desired, found: Survey): string | undefined {
  const replaced = natGateway
    .diff(desired, found)
    .some(({ key, verb }) => key === ONLY && verb === 'replace');
  return replaced ? undefined : only(found.natGateway)?.natGatewayId;
}

export const privateRoutes: Step<'privateRoutes'> = {
  diff: (desired, found) =>
    compare({
      noun: 'privateRoutes',
      desired: desiredFields(desired, found),
      found: found.privateRoutes,
      fieldsOf: (table, key) => routeFields(table, [found.subnets.get(key)?.subnetId]),
      cannotUpdate: inAnotherVpc(found),
    }),

  /** A pending NAT gateway is accepted as a target. */
  async apply(context) {
    const { ids: made, change } = context;
    const routeTableId = await applyRouting(context, {
      vpcId: only(made.vpc)?.vpcId ?? '',
      target: { NatGatewayId: only(made.natGateway)?.natGatewayId ?? '' },
      subnetIds: [made.subnets.get(change.key)?.subnetId ?? ''],
    });
    return { routeTableId };
  },
};
