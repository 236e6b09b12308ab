/** Starts a restart: loads the configuration, and then the AWS SDK. */
import type { CommandContext, CommandResult } from '../lib/run/main.ts';
import type { Declined } from '../lib/run/results.ts';
import { startConfig } from '../lib/run/start-config.ts';
import type { RestartResult } from '../lib/run/steering-results.ts';
import { openSandbox } from '../sandbox/client.ts';

/** Restarts services, from the options to the result. @throws Problem, or an error that `commandProblem` explains */
export async function startRestart(
  invocation: CommandContext,
): Promise<CommandResult<RestartResult | Declined>> {
  const { config } = await startConfig(invocation, { needsSources: false });
  // Loaded only here, so that `--help` and a misspelt flag do not load the AWS SDK.
  const { restart } = await import('./run.ts');
  return restart(invocation, { openSandbox, config });
}
