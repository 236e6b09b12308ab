/** Starts a provision, a deployment of one service, a plan or a comparison: loads the configuration, and then the AWS SDK. */
import type { CommandContext, CommandResult } from '../lib/run/main.ts';
import { startConfig } from '../lib/run/start-config.ts';
import { openSandbox } from '../sandbox/client.ts';
import type { ProvisionOutcome } from './execute.ts';

/** Runs a provision from its options to its result. @throws Problem, or an error that `commandProblem` explains */
export async function startProvision(invocation: CommandContext): Promise<CommandResult<ProvisionOutcome>> {
  const { config } = await startConfig(invocation, { needsSources: true });
  // Loaded only here, so that `--help` and a misspelt flag do not load the AWS SDK.
  const { provision } = await import('./run.ts');
  return provision(invocation, { openSandbox, config });
}
