/** Finds the address of a stack that exists, for commands that change nothing. */
import { routesOf } from '../../lib/config/config.ts';
import type { Survey } from '../../lib/look/found.ts';
import type { Session } from '../../lib/run/session.ts';
import { idsIn } from '../context.ts';
import { ownZone } from './delegation.ts';
import { publicAddress } from './url.ts';

/**
 * Returns the address of the stack, without a path.
 * @param found a survey, with the load balancer of someone else if the configuration names one
 * @returns undefined without a load balancer, without a path, or if the name does not resolve
 */
export async function stackAddress(
  session: Pick<Session, 'config' | 'connectedTarget' | 'lookContext'>,
  found: Survey,
): Promise<string | undefined> {
  const { config, connectedTarget } = session;
  if (found.loadBalancer.size === 0 || routesOf(config).length === 0) return undefined;
  const ids = idsIn(found);
  const isZoneMissing = config.domain?.createZone === true && found.hostedZone.size === 0;
  const zone = isZoneMissing
    ? undefined
    : await ownZone(session.lookContext(), connectedTarget, ids, undefined);
  const isDelegated = !isZoneMissing && zone?.isDelegated !== false;
  return (await publicAddress(config, connectedTarget, ids, isDelegated))?.url;
}
