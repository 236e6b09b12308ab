/** What a command begins before it is loaded: its configuration runs in a process of its own, beside the import of AWS's SDK. */
import type { CommandContext } from './main.ts';
import type { SessionDependencies } from './session.ts';

/** Begins to read the configuration. @returns it, when it is there; a failure is told to who waits for it */
export async function startConfig({
  options,
  signal,
}: CommandContext): Promise<Pick<SessionDependencies, 'config'>> {
  const { loadConfig } = await import('../config/load.ts');
  const { config: file, stage, target, builder } = options;
  const config = loadConfig({ file, stage, target, builder, signal });
  config.catch(() => undefined);
  return { config };
}
