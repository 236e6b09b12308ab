/** Tries the programs out: whether each has its health path. */
import { countText } from '../lib/model/count-text.ts';
import type { Config, Container } from '../lib/config/config.ts';
import { pathText } from '../lib/config/display.ts';
import { pathOfContainer } from '../lib/config/finding.ts';
import { Trials } from '../provision/trials.ts';
import { no, ok, skipped, type Verdict } from './check.ts';
import type { Planned } from './facts.ts';

/**
 * Starts each program that the sandbox would run, and requests its health path.
 * @param isPathMissing whether the program of a container answers 404 there
 */
export async function checkPrograms(
  { target, services }: Pick<Config, 'target' | 'services'>,
  isPathMissing: (container: Container) => Promise<boolean>,
): Promise<readonly Verdict[]> {
  if (target !== 'sandbox') return [skipped('programs are only tried out for the sandbox')];
  const built = services.flatMap((service) =>
    service.containers
      .filter(({ image, port }) => 'source' in image && port !== undefined)
      .map((container) => ({ service, container })),
  );
  if (built.length === 0) return [skipped('no program with a port is built from source')];
  const missing = await Promise.all(built.map(({ container }) => isPathMissing(container)));
  const wrong = built.filter((_, index) => missing[index]);
  if (wrong.length === 0) return [ok(`no health path of ${countText(built.length, 'program')} answers 404`)];
  return wrong.map(({ service, container }) => {
    const path = pathText(pathOfContainer(service, container, 'health', 'path'));
    return no(
      `${path}: ${container.health.path}. The program answers 404 there.`,
      `Set it to a path that answers with ${container.health.matcher}, or add the path to the program.`,
    );
  });
}

/** Runs the trials of a provision. @throws the problem of a program that cannot be built */
export async function tryPrograms({ context }: Planned, signal: AbortSignal): Promise<readonly Verdict[]> {
  const trials = new Trials(signal);
  try {
    return await checkPrograms(context.config, (container) =>
      trials.isPathMissing(container, context.builds),
    );
  } finally {
    await trials.close();
  }
}
