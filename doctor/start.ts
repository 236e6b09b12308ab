/** Starts the checks: loads the configuration, and then the AWS SDK. */
import type { CommandContext, CommandResult } from '../lib/run/main.ts';
import type { DoctorResult } from '../lib/run/doctor-results.ts';
import { startConfig } from '../lib/run/start-config.ts';
import { openSandbox } from '../sandbox/client.ts';

/** Checks what a provision needs, from its options to its result. @throws Problem, or an error that `commandProblem` explains */
export async function startDoctor(invocation: CommandContext): Promise<CommandResult<DoctorResult>> {
  const { config } = await startConfig(invocation, { needsSources: true });
  // Loaded only here, so that `--help` and a misspelt flag do not load the AWS SDK.
  const { doctor } = await import('./run.ts');
  return doctor(invocation, { openSandbox, config });
}
