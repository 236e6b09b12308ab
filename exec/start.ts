/** Starts the execution of a command: loads the configuration, and then the AWS SDK. */
import type { ExecResult } from '../lib/run/exec-results.ts';
import type { CommandContext, CommandResult } from '../lib/run/main.ts';
import { startConfig } from '../lib/run/start-config.ts';
import { openSandbox } from '../sandbox/client.ts';

/** Runs a command in a container from its options to its exit code. @throws Problem, or an error that `commandProblem` explains */
export async function startExec(invocation: CommandContext): Promise<CommandResult<ExecResult>> {
  const { config } = await startConfig(invocation, { needsSources: false });
  // Loaded only here, so that `--help` and a misspelt flag do not load the AWS SDK.
  const { execute } = await import('./run.ts');
  const { stdin, stdout } = process;
  // A program that calls the command keeps its own streams.
  return execute(invocation, { openSandbox, config }, invocation.output && { stdin, stdout });
}
