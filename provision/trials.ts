/** The trial runs of a provision: starts each program once on this machine, and finds out whether it has its health path. */
import { containersOf, withOnlyService, type Container } from '../lib/config/config.ts';
import { statusRanges } from '../lib/derive/health-check.ts';
import type { Builds } from '../lib/image/builds.ts';
import { tryProgram } from '../lib/image/trial-run.ts';
import type { LookContext } from '../lib/look/context.ts';

const NOT_FOUND = 404;

/** The trial runs of a provision; each program runs once. */
export class Trials {
  readonly #controller = new AbortController();
  readonly #signal: AbortSignal;
  readonly #results = new Map<string, Promise<boolean>>();

  /** @param signal ends the trials of an interrupted run */
  constructor(signal: AbortSignal) {
    this.#signal = AbortSignal.any([signal, this.#controller.signal]);
  }

  /**
   * Returns whether the program of a container answers 404 at its health path. Only a 404 proves that a path is wrong. A program
   * that does not start here may need the other containers of its task, so its deployment decides.
   * @throws the signal's reason
   */
  isPathMissing(container: Container, builds: Builds): Promise<boolean> {
    const { key } = container;
    const result = this.#results.get(key) ?? isPathMissing(container, builds, this.#signal);
    this.#results.set(key, result);
    return result;
  }

  /** Starts trials during the survey, before the plan tells whether they are needed: those of all programs that look new. */
  startEarly({ config, builds, recorded, onlyService }: LookContext): void {
    const built = onlyService === undefined ? config : withOnlyService(config, onlyService);
    const deployed = recorded?.('images');
    const start = async (container: Container) => {
      const { imageUri } = deployed?.get(container.key) ?? {};
      const isDeployed = imageUri !== undefined && (await isImageOf(imageUri, container.key, builds));
      if (!isDeployed && !this.#signal.aborted) await this.isPathMissing(container, builds);
    };
    for (const container of containersOf(built))
      // The survey reports a failed build, and the caller of `isPathMissing` a failed trial.
      if ('source' in container.image) start(container).catch(() => undefined);
  }

  /** Ends all trials, and waits until their programs have ended. */
  async close(): Promise<void> {
    this.#controller.abort();
    await Promise.allSettled(this.#results.values());
  }
}

/** Whether an image has been built from the current source. The digest is known only when the layers are packed. */
async function isImageOf(imageUri: string, key: string, builds: Builds): Promise<boolean> {
  const program = await builds.programOf(key);
  if (program !== undefined && 'isNew' in program && program.isNew) return false;
  const { digest } = await builds.of(key);
  return digest !== undefined && imageUri.endsWith(`@${digest}`);
}

async function isPathMissing(container: Container, builds: Builds, signal: AbortSignal): Promise<boolean> {
  const { key, image, port, protocol, command, environment, health } = container;
  if (!('source' in image) || port === undefined || command !== undefined) return false;
  const acceptedRanges = statusRanges(health.matcher);
  const isGood = (status: number) => acceptedRanges.some(({ from, to }) => status >= from && status <= to);
  const program = isGood(NOT_FOUND) ? undefined : await builds.programOf(key);
  if (program === undefined) return false;
  const trial = { program, environment, protocol, port, path: health.path, isGood, signal };
  return (await tryProgram(trial)) === NOT_FOUND;
}
