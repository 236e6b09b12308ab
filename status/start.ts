/** Starts a report on the condition of the stack: loads the configuration, and then the AWS SDK. */
import type { CommandContext, CommandResult } from '../lib/run/main.ts';
import type { StatusResult } from '../lib/run/status-results.ts';
import { startConfig } from '../lib/run/start-config.ts';
import { openSandbox } from '../sandbox/client.ts';

/** Reports on the condition of a stack, from its options to its result. @throws Problem, or an error that `commandProblem` explains */
export async function startStatus(invocation: CommandContext): Promise<CommandResult<StatusResult>> {
  const { config } = await startConfig(invocation, { needsSources: false });
  // Loaded only here, so that `--help` and a misspelt flag do not load the AWS SDK.
  const { status } = await import('./run.ts');
  return status(invocation, { openSandbox, config });
}
