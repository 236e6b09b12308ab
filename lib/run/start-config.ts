/** Starts loading the configuration in a separate process, while the command imports the AWS SDK. */
import type { CommandContext } from './main.ts';
import type { SessionDependencies } from './session.ts';

/** Starts loading the configuration. @returns a promise that rejects when the configuration cannot be loaded */
export async function startConfig({
  options,
  signal,
}: CommandContext): Promise<Pick<SessionDependencies, 'config'>> {
  const { loadConfig } = await import('../config/load.ts');
  const { config: file, stage, target, builder, name } = options;
  const config = loadConfig({ file, stage, target, builder, name, signal });
  config.catch(() => undefined);
  return { config };
}
