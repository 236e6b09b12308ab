/** Starts a rollback or its plan: loads the configuration, and then the AWS SDK. */
import type { CommandContext, CommandResult } from '../lib/run/main.ts';
import { startConfig } from '../lib/run/start-config.ts';
import { openSandbox } from '../sandbox/client.ts';
import type { RollbackOutcome } from './run.ts';

/** Runs a rollback from its options to its result. @throws Problem, or an error that `commandProblem` explains */
export async function startRollback(invocation: CommandContext): Promise<CommandResult<RollbackOutcome>> {
  // A rollback does not need the source folders, so they may be gone.
  const { config } = await startConfig(invocation, { needsSources: false });
  // Loaded only here, so that `--help` and a misspelt flag do not load the AWS SDK.
  const { rollback } = await import('./run.ts');
  return rollback(invocation, { openSandbox, config });
}
