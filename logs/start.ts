/** Starts the reading of logs: loads the configuration, and then the AWS SDK. */
import type { CommandContext, CommandResult } from '../lib/run/main.ts';
import type { LogsResult } from '../lib/run/logs-results.ts';
import { startConfig } from '../lib/run/start-config.ts';
import { openSandbox } from '../sandbox/client.ts';

/** Reads logs from its options to its result. @throws Problem, or an error that `commandProblem` explains */
export async function startLogs(invocation: CommandContext): Promise<CommandResult<LogsResult>> {
  const { config } = await startConfig(invocation, { needsSources: false });
  // Loaded only here, so that `--help` and a misspelt flag do not load the AWS SDK.
  const { logs } = await import('./run.ts');
  return logs(invocation, { openSandbox, config });
}
