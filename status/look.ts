/** Looks at what runs, and derives the condition of a stack from it. */
import { billedAsFound } from '../lib/cost/billed.ts';
import { costOf, type Cost } from '../lib/cost/cost.ts';
import { stackCost } from '../lib/cost/cost-text.ts';
import { egressCost } from '../lib/cost/egress.ts';
import { alarmNamesOf, lookAlarms } from '../lib/look/alarms.ts';
import type { Survey } from '../lib/look/found.ts';
import { healthOfServices, withHealth } from '../lib/look/service-health.ts';
import { sizeOfStack } from '../lib/look/stack.ts';
import type { StackInfo } from '../lib/run/results.ts';
import type { Session } from '../lib/run/session.ts';
import type { StatusResult } from '../lib/run/status-results.ts';
import { stackAddress } from '../provision/done/stack-address.ts';
import { withSharedBalancer } from '../provision/shared-balancer.ts';
import { factsOf } from './facts.ts';
import { lookLiveFacts, type LiveFacts } from './live-facts.ts';
import { statusesOf } from './services.ts';

/** The parts of a session that a look needs. */
export type LookingSession = Pick<Session, 'config' | 'connectedTarget' | 'lookContext'>;

/** The result of a look. */
export interface StackLook {
  readonly result: StatusResult;
  readonly cost: Cost;
  readonly live: LiveFacts;
  /** The survey with the health of the services, and with the load balancer of others. */
  readonly found: Survey;
}

/**
 * Reads the live facts, and derives the condition of the stack.
 * @param knownUrl the address, if an earlier look has found it: to find it takes several calls
 * @param maxEvents the number of messages of ECS per service
 */
export async function lookAtStack(
  session: LookingSession,
  stackInfo: StackInfo,
  surveyed: Survey,
  knownUrl?: string | null,
  maxEvents?: number,
): Promise<StackLook> {
  const { config } = session;
  const context = session.lookContext();
  const [live, alarms] = await Promise.all([lookLiveFacts(context, surveyed), lookAlarms(context)]);
  const tasks = [...live.tasks.values()].flat();
  const health = healthOfServices(surveyed.services, tasks, live.targetHealth, surveyed.taskDefinitions);
  const healthy = withHealth(surveyed, health);
  const found = withSharedBalancer(config, healthy);
  const services = statusesOf(config, found);
  const resources = sizeOfStack(found, stackInfo.stack);
  const billed = billedAsFound(healthy);
  const cost = costOf(billed, config.region);
  const result: StatusResult = {
    ...stackInfo,
    ...factsOf(found, live, maxEvents),
    alarms: alarmNamesOf(config).map((alarm) => ({ alarm, state: alarms.get(alarm)?.state ?? null })),
    cost: stackCost(cost),
    egress: egressCost(config, billed) ?? null,
    resources,
    url: knownUrl === undefined ? ((await stackAddress(session, found)) ?? null) : knownUrl,
    services,
    healthy: resources > 0 && services.every((service) => service.healthy),
  };
  return { result, cost, live, found };
}
