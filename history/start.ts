/** Starts the listing of a history: loads the configuration, and then the AWS SDK. */
import type { CommandContext, CommandResult } from '../lib/run/main.ts';
import type { HistoryResult } from '../lib/run/results.ts';
import { startConfig } from '../lib/run/start-config.ts';
import { openSandbox } from '../sandbox/client.ts';

/** Lists a history from its options to its result. @throws Problem, or an error that `commandProblem` explains */
export async function startHistory(invocation: CommandContext): Promise<CommandResult<HistoryResult>> {
  const { config } = await startConfig(invocation, { needsSources: false });
  // Loaded only here, so that `--help` and a misspelt flag do not load the AWS SDK.
  const { history } = await import('./run.ts');
  return history(invocation, { openSandbox, config });
}
