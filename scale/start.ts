/** Starts a change of the number of tasks: loads the configuration, and then the AWS SDK. */
import type { CommandContext, CommandResult } from '../lib/run/main.ts';
import type { Declined } from '../lib/run/results.ts';
import { startConfig } from '../lib/run/start-config.ts';
import type { ScaleResult } from '../lib/run/steering-results.ts';
import { openSandbox } from '../sandbox/client.ts';

/** Scales a service, from the options to the result. @throws Problem, or an error that `commandProblem` explains */
export async function startScale(invocation: CommandContext): Promise<CommandResult<ScaleResult | Declined>> {
  const { config } = await startConfig(invocation, { needsSources: false });
  // Loaded only here, so that `--help` and a misspelt flag do not load the AWS SDK.
  const { scale } = await import('./run.ts');
  return scale(invocation, { openSandbox, config });
}
