/** Runs `npm run status`: reports the address of the stack, and the condition of each service. */
import { billedAsFound } from '../lib/cost/billed.ts';
import { costOf } from '../lib/cost/cost.ts';
import { stackCost } from '../lib/cost/cost-text.ts';
import { survey } from '../lib/engine/survey.ts';
import type { LookContext } from '../lib/look/context.ts';
import { healthOfServices, withHealth } from '../lib/look/service-health.ts';
import { sizeOfStack } from '../lib/look/stack.ts';
import { nounsToTearDown } from '../lib/model/architecture.ts';
import { announce, inSession } from '../lib/run/in-session.ts';
import type { CommandContext, CommandResult } from '../lib/run/main.ts';
import type { StatusResult } from '../lib/run/status-results.ts';
import type { Session, SessionDependencies } from '../lib/run/session.ts';
import { stackAddress } from '../provision/done/stack-address.ts';
import { withSharedBalancer } from '../provision/shared-balancer.ts';
import { factsOf } from './facts.ts';
import { lookLiveFacts } from './live-facts.ts';
import { statusesOf } from './services.ts';
import { statusText } from './text.ts';

/**
 * Does what `npm run status` does, and returns what to print. It changes nothing, and also works while another run changes the
 * stack. The exit code is 2 if something is missing or unhealthy.
 */
export async function status(
  invocation: CommandContext,
  dependencies: SessionDependencies,
): Promise<CommandResult<StatusResult>> {
  const sessionOptions = {
    command: 'status',
    isReadOnly: true,
    survey: (context: LookContext) => survey(context, nounsToTearDown),
    ...dependencies,
  };
  return inSession(invocation, sessionOptions, (session) => execute(session, invocation));
}

async function execute(session: Session, invocation: CommandContext): Promise<CommandResult<StatusResult>> {
  const context = session.lookContext();
  const stackInfo = announce(session, invocation, 'status');
  const surveyed = await session.found;
  const live = await lookLiveFacts(context, surveyed);
  const tasks = [...live.tasks.values()].flat();
  const health = healthOfServices(surveyed.services, tasks, live.targetHealth, surveyed.taskDefinitions);
  const healthy = withHealth(surveyed, health);
  const found = withSharedBalancer(session.config, healthy);
  const services = statusesOf(session.config, found);
  const resources = sizeOfStack(found, stackInfo.stack);
  const cost = costOf(billedAsFound(healthy), session.config.region);
  const result: StatusResult = {
    ...stackInfo,
    ...factsOf(found, live),
    cost: stackCost(cost),
    resources,
    url: (await stackAddress(session, found)) ?? null,
    services,
    healthy: resources > 0 && services.every(({ healthy }) => healthy),
  };
  return {
    exitCode: result.healthy ? 0 : 2,
    text: statusText(result, cost, session.run.clock.now()),
    json: result,
  };
}
