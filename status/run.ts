/** Runs `npm run status`: reports the address of the stack, and the condition of each service. */
import { survey } from '../lib/engine/survey.ts';
import type { LookContext } from '../lib/look/context.ts';
import { nounsToTearDown } from '../lib/model/architecture.ts';
import { announce, inSession } from '../lib/run/in-session.ts';
import type { CommandContext, CommandResult } from '../lib/run/main.ts';
import type { Output } from '../lib/run/output.ts';
import type { StackInfo } from '../lib/run/results.ts';
import type { StatusResult } from '../lib/run/status-results.ts';
import type { Session, SessionDependencies } from '../lib/run/session.ts';
import { lookAtStack, type StackLook } from './look.ts';
import { LOOK_PERIODS, repeatedLook } from './repeated-look.ts';
import { statusText } from './text.ts';
import { watchStack } from './watch.ts';

/**
 * Does what `npm run status` does, and returns what to print. It changes nothing, and also works while another run changes the
 * stack. The exit code is 2 if something is missing or unhealthy. With `--watch`, it continues until it is interrupted.
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
  const { options, output } = invocation;
  if (options.watch && output) return watch(session, invocation, stackInfo, output);
  return resultOf(await lookAtStack(session, stackInfo, await session.found), session.run.clock.now());
}

/** @param now milliseconds since 1970 */
function resultOf({ result, cost }: StackLook, now: number): CommandResult<StatusResult> {
  return {
    exitCode: result.healthy ? 0 : 2,
    text: statusText(result, cost, now),
    json: result,
  };
}

/** Shows the condition until Ctrl-C, or until the output is closed. The result is that of the last look. */
async function watch(
  session: Session,
  { options, report, signal }: CommandContext,
  stackInfo: StackInfo,
  output: Output,
): Promise<CommandResult<StatusResult>> {
  const { clock } = session.run;
  const repeated = repeatedLook(options.target, clock, undefined, await session.found);
  report({ type: 'activity', text: '' });
  const endWatch = output.watch();
  try {
    const last = await watchStack({
      look: () => repeated.look(session, stackInfo),
      everyMs: LOOK_PERIODS[options.target].liveMs,
      clock,
      signal: AbortSignal.any([signal, output.closed]),
      output,
      json: options.json,
      onWait: (text) => report({ type: 'warning', text }),
    });
    if (!last) signal.throwIfAborted();
    return { ...resultOf(last ?? (await repeated.look(session, stackInfo)), clock.now()), isPrinted: true };
  } finally {
    endWatch();
  }
}
