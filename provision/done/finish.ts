/** Finishes a provision: waits until every service is healthy, and checks that every path answers. */
import { routesOf, type Service } from '../../lib/config/config.ts';
import { waitForSiblings } from '../../lib/engine/concurrent.ts';
import type { LookContext } from '../../lib/look/context.ts';
import { deploymentRecords } from '../../lib/look/service-deployments.ts';
import { untilReported, type Run } from '../../lib/run/run.ts';
import type { ConnectedTarget } from '../../lib/run/target.ts';
import type { AllIds } from '../context.ts';
import type { Plan } from '../plan.ts';
import { withAutoScaledCounts } from '../services/scaling.ts';
import { waitForBalancer } from './balancer-failure.ts';
import { ownZone, type OwnZone } from './delegation.ts';
import { hostNote, localNameNote, trustNote } from './local-name.ts';
import { errorInLogs } from './running-logs.ts';
import { publicAddress, waitForAddress } from './url.ts';
import { causeOfTrouble } from './trouble.ts';
import { verify } from './verify.ts';
import { waitForService } from './wait-for-service.ts';

/** Where a finished stack can be reached. */
export interface FinishedStack {
  /** Undefined when no container has a path. With --no-wait, also undefined when the name does not resolve yet. */
  readonly url: string | undefined;
  /** The zone of the domain, if the stack creates it. */
  readonly zone: OwnZone | undefined;
}

/**
 * Waits for the unchanged services; the steps have already waited for the changed services. Then requests every path at the
 * domain. If the zone of the stack is not delegated yet, requests the paths at the load balancer's own name instead.
 * @throws UNANSWERED when the name leads nowhere, or a path is not answered
 */
export async function finish(
  run: Run,
  context: LookContext,
  target: ConnectedTarget,
  plan: Plan,
  ids: AllIds,
): Promise<FinishedStack> {
  const { config } = context;
  if (run.waitUntilReady) {
    const changed = plan.changes.filter(({ noun }) => noun === 'services').map(({ key }) => key);
    const unchanged = config.services.filter(({ name }) => !changed.includes(name));
    await waitForSiblings(
      unchanged.map((service) => waitForService(waitContext(run, context, service.name), service, ids)),
    );
  }
  if (ids.loadBalancer.size > 0) {
    run.report({ type: 'activity', text: 'waiting until every path answers' });
    await waitForBalancer(run, context, plan.found);
  }
  const zone = await ownZone(context, target, ids, plan.found.domain?.nameServers);
  if (routesOf(config).length === 0) return { url: undefined, zone };
  const addressInputs = [config, target, ids, zone?.isDelegated !== false] as const;
  if (!run.waitUntilReady) return { url: (await publicAddress(...addressInputs))?.url, zone };
  const address = await waitForAddress(run, ...addressInputs);
  const isTrusted = await verify(
    withAutoScaledCounts(config, plan.found),
    address,
    run,
    async ({ service, container }, answers) => ({
      log: await errorInLogs(context, service, container.name),
      cause: await causeOfTrouble(
        waitContext(run, context, service.name),
        service,
        ids,
        answers.some(({ isTimeout }) => isTimeout) ? container.name : undefined,
      ),
      hasEarlierVersion:
        plan.changes.some(
          ({ noun, key, verb }) => noun === 'services' && key === service.name && verb === 'update',
        ) && (await hasEarlierGood(context, service, ids)),
    }),
  );
  const notes = [
    target.sandbox && (await localNameNote(address)),
    config.loadBalancer && hostNote(address),
    isTrusted ? trustNote(address, routesOf(config)[0]?.container.path ?? '/') : undefined,
  ];
  for (const note of notes) if (note) run.report(note);
  return { url: address.url, zone };
}

/** Whether a rollback can restore an earlier version of a service. */
const hasEarlierGood = (context: LookContext, service: Service, ids: AllIds): Promise<boolean> =>
  deploymentRecords(context, context.names.service(service)).hasEarlierGood(
    ids.taskDefinitions.get(service.name)?.taskDefinitionArn ?? '',
  );

/** Returns the context of a wait for a service that the steps of the run do not change. */
export const waitContext = (
  run: Run,
  { aws, names }: Pick<LookContext, 'aws' | 'names'>,
  key: string,
): Parameters<typeof waitForService>[0] => ({
  aws,
  names,
  clock: run.clock,
  note: (text) => run.report({ type: 'note', text }),
  until: untilReported(run, 'services', key),
  proofTimes: run.waits.proof,
  listenersOf: run.listenersOf,
});
