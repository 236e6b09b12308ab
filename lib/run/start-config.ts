/** What a command begins before it is loaded: its configuration runs in a process of its own, beside the import of AWS's SDK. */
import type { Running } from './main.ts';
import type { Outside } from './session.ts';

/** Begins to read the configuration. @returns it, when it is there; a failure is told to who waits for it */
export async function beginConfig({ options, signal }: Running): Promise<Pick<Outside, 'config'>> {
  const { loadConfig } = await import('../config/load.ts');
  const { config: file, stage, target, builder } = options;
  const config = loadConfig({ file, stage, target, builder, signal });
  config.catch(() => undefined);
  return { config };
}
