/** Starts the command that opens the address of a stack: loads the configuration, and then the AWS SDK. */
import type { CommandContext, CommandResult } from '../lib/run/main.ts';
import { startConfig } from '../lib/run/start-config.ts';
import type { OpenResult } from '../lib/run/steering-results.ts';
import { openSandbox } from '../sandbox/client.ts';

/** Opens the address of a stack, from its options to its result. @throws Problem, or an error that `commandProblem` explains */
export async function startOpen(invocation: CommandContext): Promise<CommandResult<OpenResult>> {
  const { config } = await startConfig(invocation, { needsSources: false });
  // Loaded only here, so that `--help` and a misspelt flag do not load the AWS SDK.
  const { openAddress } = await import('./run.ts');
  return openAddress(invocation, { openSandbox, config });
}
