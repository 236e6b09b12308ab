/** Refuses wrong health paths before a new service is deployed to the sandbox. */
import type { Config, Container } from '../lib/config/config.ts';
import { waitForSiblings } from '../lib/engine/concurrent.ts';
import type { Builds } from '../lib/image/builds.ts';
import type { Change } from '../lib/model/change.ts';
import { NOTHING_CHANGED, problem, type Problem } from '../lib/model/problem.ts';
import type { Trials } from './trials.ts';

/** A container whose program answers 404 at its health path. */
interface WrongPath {
  readonly container: Container;
  /** The path of the container in the configuration. */
  readonly configPath: string;
}

/**
 * Checks the programs of new services, if Slipway built them, by their trials. A deployment of a service that runs shows a wrong
 * path within seconds, and the previous version is restored.
 * @throws HEALTH_PATH with every wrong path; the signal's reason
 */
export async function checkHealthPaths(
  config: Config,
  changes: readonly Change[],
  builds: Builds,
  trials: Trials,
): Promise<void> {
  if (config.target !== 'sandbox') return;
  const newServices = changes
    .filter(({ noun, verb }) => noun === 'taskDefinitions' && verb === 'create')
    .map(({ key }) => key);
  const containers = config.services
    .filter(({ name }) => newServices.includes(name))
    .flatMap(({ name, containers }) =>
      containers.map((container) => ({
        container,
        configPath: `services.${name}.containers.${container.name}`,
      })),
    );
  const checked = await waitForSiblings(
    containers.map(async (entry) => ((await trials.isPathMissing(entry.container, builds)) ? [entry] : [])),
  );
  const wrong = checked.flat();
  if (wrong.length > 0) throw wrongPaths(wrong);
}

function wrongPaths(wrong: readonly WrongPath[]): Problem {
  const [first] = wrong;
  const names = wrong.map(({ container }) => container.name).join(', ');
  return problem('HEALTH_PATH', {
    what:
      first && wrong.length === 1
        ? `GET ${first.container.health.path} of ${names} answers 404, expected ${first.container.health.matcher}: correct health.path or health.matcher.`
        : `The health checks of ${names} would fail: the programs do not have their paths.`,
    why: wrong
      .map(
        ({ container: { name, health } }) =>
          `GET ${health.path} of ${name} answers 404; expected ${health.matcher}.`,
      )
      .join('\n'),
    now: NOTHING_CHANGED,
    fix: [
      `Set health.path in ${first?.configPath} to a path that answers with ${first?.container.health.matcher},`,
      'or add the path to the program.',
    ],
  });
}
