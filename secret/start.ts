/** Starts a command for secrets: loads the configuration, reads the value, and then loads the AWS SDK. */
import type { CommandContext, CommandResult } from '../lib/run/main.ts';
import type { SecretResult } from '../lib/run/secret-results.ts';
import { startConfig } from '../lib/run/start-config.ts';
import { openSandbox } from '../sandbox/client.ts';
import { readSecretValue, type ValueInput } from './value.ts';

/** Runs a command for secrets from its options to its result. @throws Problem, or an error that `commandProblem` explains */
export async function startSecret(
  invocation: CommandContext,
  input: ValueInput = process.stdin,
): Promise<CommandResult<SecretResult>> {
  const { config } = await startConfig(invocation, { needsSources: false });
  const { action, secret: name = '' } = invocation.options;
  // A mistake in the configuration is reported before the user types a value.
  await config;
  const value = action === 'set' ? await readSecretValue(name, input, invocation.signal) : '';
  // Loaded only here, so that `--help` and a misspelt flag do not load the AWS SDK.
  const { runSecret } = await import('./run.ts');
  return runSecret(invocation, { openSandbox, config }, value);
}
