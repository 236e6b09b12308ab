/** Finds wrong health paths before a deployment to the sandbox: starts each program once, and requests its health path. */
import type { Config, Container } from '../lib/config/config.ts';
import { statusRanges } from '../lib/derive/health-check.ts';
import { waitForSiblings } from '../lib/engine/concurrent.ts';
import type { Builds } from '../lib/image/builds.ts';
import { tryProgram } from '../lib/image/trial-run.ts';
import { touches, type Change } from '../lib/model/change.ts';
import { NOTHING_CHANGED, problem, type Problem } from '../lib/model/problem.ts';

/** A container whose program answers 404 at its health path. */
interface WrongPath {
  readonly container: Container;
  /** The path of the container in the configuration. */
  readonly configPath: string;
}

const NOT_FOUND = 404;

/**
 * Starts the programs of all containers that the plan changes, if Slipway built them. Only a 404 proves that a path is wrong. A
 * program that does not start here may need the other containers of its task, so its deployment decides.
 * @throws HEALTH_PATH with every wrong path; BUNDLE if a program cannot be bundled; the signal's reason
 */
export async function checkHealthPaths(
  config: Config,
  changes: readonly Change[],
  builds: Builds,
  signal: AbortSignal,
): Promise<void> {
  if (config.target !== 'sandbox') return;
  const deployed = new Map(
    changes
      .filter(({ noun, verb }) => noun === 'taskDefinitions' && verb !== 'remove')
      .map((change) => [change.key, change]),
  );
  const containers = config.services.flatMap(({ name, containers }) => {
    const change = deployed.get(name);
    return containers
      .filter((container) => change && touches(change, `${container.name}.`))
      .map((container) => ({ container, configPath: `services.${name}.containers.${container.name}` }));
  });
  const checked = await waitForSiblings(
    containers.map(async (entry) => ((await isPathMissing(entry.container, builds, signal)) ? [entry] : [])),
  );
  const wrong = checked.flat();
  if (wrong.length > 0) throw wrongPaths(wrong);
}

async function isPathMissing(container: Container, builds: Builds, signal: AbortSignal): Promise<boolean> {
  const { key, image, port, protocol, command, environment, health } = container;
  if (!('source' in image) || port === undefined || command !== undefined) return false;
  const build = await builds.of(key);
  const acceptedRanges = statusRanges(health.matcher);
  const isGood = (status: number) => acceptedRanges.some(({ from, to }) => status >= from && status <= to);
  const program =
    build.kind === 'bundle' ? build.program : build.kind === 'layers' ? build.packaged : undefined;
  if (program === undefined || isGood(NOT_FOUND)) return false;
  const status = await tryProgram({
    program,
    environment,
    protocol,
    port,
    path: health.path,
    isGood,
    signal,
  });
  return status === NOT_FOUND;
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
