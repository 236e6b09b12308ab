/** Starts a teardown or its plan: loads the configuration, and then the AWS SDK. */
import type { CommandContext, CommandResult } from '../lib/run/main.ts';
import { startConfig } from '../lib/run/start-config.ts';
import { openSandbox } from '../sandbox/client.ts';
import type { TeardownOutcome } from './run.ts';

/** Runs a teardown from its options to its result. @throws Problem, or an error that `commandProblem` explains */
export async function startTeardown(invocation: CommandContext): Promise<CommandResult<TeardownOutcome>> {
  // A teardown does not need the source folders, so they and their entry points may be gone.
  const { config } = await startConfig(invocation, { needsSources: false });
  // Loaded only here, so that `--help` and a misspelt flag do not load the AWS SDK.
  const { teardown } = await import('./run.ts');
  return teardown(invocation, { openSandbox, config });
}
