/** Builds the images of a session while its target is being connected. */
import { setMaxListeners } from 'node:events';
import { withOnlyService, type Config } from '../config/config.ts';
import { openBuilds, startBuilds } from '../image/open-builds.ts';

/** The builds of a session. */
interface SessionBuilds {
  readonly builds: ReturnType<typeof openBuilds>;
  /** Ends all builds. No build outlives the run: another run in this process may build the same folder. */
  readonly endBuilds: () => Promise<void>;
}

/**
 * Opens the builds of a session, and starts those that its command needs.
 * @param service the service that the command is limited to
 * @param context where the builds report, and the signal that aborts them
 */
export function openSessionBuilds(
  config: Config,
  command: string,
  service: string | undefined,
  context: Parameters<typeof openBuilds>[1] & { readonly signal: AbortSignal },
): SessionBuilds {
  const controller = new AbortController();
  const signal = AbortSignal.any([context.signal, controller.signal]);
  // Every download listens to it; that is not a leak.
  setMaxListeners(0, signal);
  const builds = openBuilds(config, { ...context, signal });
  const started = [
    ...(command === 'provision' || command === 'drift' ? [startBuilds(config, builds)] : []),
    ...(command === 'deploy' ? [startBuilds(withOnlyService(config, service), builds)] : []),
  ];
  const endBuilds = async () => {
    controller.abort();
    await Promise.all(started);
  };
  return { builds, endBuilds };
}
