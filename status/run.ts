/** Runs `npm run status`: reports the address of the stack, and the condition of each service. */
import { survey } from '../lib/engine/survey.ts';
import type { LookContext } from '../lib/look/context.ts';
import { nounsToTearDown } from '../lib/model/architecture.ts';
import { announce, inSession } from '../lib/run/in-session.ts';
import type { CommandContext, CommandResult } from '../lib/run/main.ts';
import type { StatusResult } from '../lib/run/status-results.ts';
import type { Session, SessionDependencies } from '../lib/run/session.ts';
import { lookAtStack } from './look.ts';
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
  const stackInfo = announce(session, invocation, 'status');
  const { result, cost } = await lookAtStack(session, stackInfo, await session.found);
  return {
    exitCode: result.healthy ? 0 : 2,
    text: statusText(result, cost, session.run.clock.now()),
    json: result,
  };
}
