/** Starts loading the configuration in a separate process, while the command imports the AWS SDK. */
import type { CommandContext } from './main.ts';
import type { SessionDependencies } from './session.ts';

/**
 * Starts loading the configuration.
 * @param needsSources whether the command builds the sources of the configuration
 * @returns a promise that rejects when the configuration cannot be loaded
 */
export async function startConfig(
  {
    options,
    signal,
    report,
    isQuiet = false,
  }: Pick<CommandContext, 'options' | 'signal' | 'isQuiet'> & Partial<Pick<CommandContext, 'report'>>,
  { needsSources }: { readonly needsSources: boolean },
): Promise<Pick<SessionDependencies, 'config'>> {
  const { loadConfig } = await import('../config/load.ts');
  const { config: file, stage, target, builder, name, deploy, service } = options;
  const builtService = deploy ? service : undefined;
  const onOutput = isQuiet ? (text: string) => report?.({ type: 'note', text }) : undefined;
  const config = loadConfig({
    ...{ file, stage, target, builder, name, needsSources, builtService },
    ...{ signal, onOutput },
  });
  config.catch(() => undefined);
  return { config };
}
