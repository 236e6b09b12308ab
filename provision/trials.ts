/** The trial runs of a provision: starts each program once on this machine, and finds out whether it has its health path. */
import { withOnlyService, type Container } from '../lib/config/config.ts';
import { ownCommandOf } from '../lib/config/program.ts';
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

  /**
   * Starts trials before the plan tells whether they are needed: those of services that have not been recorded.
   * @returns a promise that resolves when the programs are known
   */
  async startEarly({ config, builds, recorded, onlyService }: LookContext): Promise<void> {
    const built = onlyService === undefined ? config : withOnlyService(config, onlyService);
    const known = recorded?.('taskDefinitions');
    const containers = built.services
      .filter(({ name }) => known?.get(name) === undefined)
      .flatMap((service) => service.containers);
    // The caller of `isPathMissing` gets a failure.
    for (const container of containers) this.isPathMissing(container, builds).catch(() => undefined);
    await Promise.all(
      containers.flatMap(({ key, image }) => ('source' in image ? [builds.programOf(key)] : [])),
    );
  }

  /** Ends all trials, and waits until their programs have ended. */
  async close(): Promise<void> {
    this.#controller.abort();
    await Promise.allSettled(this.#results.values());
  }
}

async function isPathMissing(container: Container, builds: Builds, signal: AbortSignal): Promise<boolean> {
  const { key, image, port, protocol, environment, health } = container;
  // A program of gRPC answers no GET, and the default check passes for every method.
  if (protocol === 'HTTP2' || protocol === 'GRPC') return false;
  if (!('source' in image) || port === undefined || ownCommandOf(container) !== undefined) return false;
  const acceptedRanges = statusRanges(health.matcher);
  const isGood = (status: number) => acceptedRanges.some(({ from, to }) => status >= from && status <= to);
  const program = isGood(NOT_FOUND) ? undefined : await builds.programOf(key);
  if (program === undefined) return false;
  const trial = { program, environment, protocol, port, path: health.path, isGood, signal };
  return (await tryProgram(trial)) === NOT_FOUND;
}
