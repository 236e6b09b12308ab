/** Starts a one-off task: loads the configuration, and then the AWS SDK. */
import type { CommandContext, CommandResult } from '../lib/run/main.ts';
import type { RunResult } from '../lib/run/run-results.ts';
import { startConfig } from '../lib/run/start-config.ts';
import { openSandbox } from '../sandbox/client.ts';

/** Runs a command from its options to its result. @throws Problem, or an error that `commandProblem` explains */
export async function startRun(invocation: CommandContext): Promise<CommandResult<RunResult>> {
  const { config } = await startConfig(invocation, { needsSources: false });
  // Loaded only here, so that `--help` and a misspelt flag do not load the AWS SDK.
  const { runCommand } = await import('./run.ts');
  return runCommand(invocation, { openSandbox, config });
}
