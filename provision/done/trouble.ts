/** Finds why a service that was proven to run has trouble soon afterwards. */
import type { Service } from '../../lib/config/config.ts';
import { findCause, type Cause } from '../../lib/diagnosis/cause.ts';
import { fetchState, follow, type ServiceIds, type WaitContext } from './followed-service.ts';
import { hasTrouble, newServiceWait, observedIn } from './service-wait.ts';
import { sight } from './sighting.ts';

/**
 * Looks at the tasks and the targets of a service once more.
 * @param silent the name of a container that did not answer Slipway's own requests in time
 * @returns the cause; undefined if everything is healthy, if no cause is known, or if AWS rejects a call
 */
export async function causeOfTrouble(
  context: WaitContext,
  service: Service,
  ids: ServiceIds,
  silent?: string,
): Promise<Cause | undefined> {
  const followed = follow(context, service, ids, undefined);
  const { gather } = newServiceWait(context, followed);
  try {
    await fetchState(context, followed);
    const { deployment, count, groups } = followed;
    const sighting = await sight(context, service, deployment, { count, groups });
    return silent !== undefined || hasTrouble(followed, sighting)
      ? findCause(
          await gather({
            ...observedIn(followed, sighting),
            silent: new Set(silent === undefined ? [] : [silent]),
          }),
        )
      : undefined;
  } catch {
    return undefined;
  }
}
