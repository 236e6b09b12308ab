/** Computes the priorities of listener rules: longer paths first, and a path keeps its priority even if its container changes. Pure. */
import { routesOf, type Config } from '../config/config.ts';
import { MAX_PATH_LENGTH } from '../config/field-rules.ts';
import { shortHash } from './names.ts';

/** AWS accepts priorities from 1 to 50000. */
const MAX_PRIORITY = 50_000;
/** The number of priorities for each path length. */
const BAND_SIZE = Math.floor(MAX_PRIORITY / (MAX_PATH_LENGTH + 1));

/**
 * Returns a priority for each path. If one path is a prefix of another, the longer path comes first, so that the more specific
 * rule wins. If two paths of one length hash to the same priority, the second in alphabetical order gets the next free
 * priority.
 * @param paths without duplicates
 */
export function prioritiesOf(paths: readonly string[]): ReadonlyMap<string, number> {
  const taken = new Set<number>();
  const priorities = new Map<string, number>();
  for (const path of [...paths].sort()) {
    const bandStart = 1 + (MAX_PATH_LENGTH - Math.min(path.length, MAX_PATH_LENGTH)) * BAND_SIZE;
    let offset = Number.parseInt(shortHash(6, path), 16) % BAND_SIZE;
    while (taken.has(bandStart + offset)) offset = (offset + 1) % BAND_SIZE;
    taken.add(bandStart + offset);
    priorities.set(path, bandStart + offset);
  }
  return priorities;
}

/**
 * Returns the patterns that match a path and everything below it. `/api/*` alone does not match `/api`, and `/api*`
 * would match `/apix`.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
 */
export const patternsOf = (path: string): string[] => (path === '/' ? ['/*'] : [path, `${path}/*`]);

/** Returns the path and the priority of each routed container's rule, under the key of the container. */
export function configuredRules(
  config: Config,
): ReadonlyMap<string, { readonly path: string; readonly priority: number }> {
  const routed = routesOf(config).map(({ container }) => container);
  const priorities = prioritiesOf(routed.map(({ path }) => path));
  return new Map(routed.map(({ key, path }) => [key, { path, priority: priorities.get(path) ?? 0 }]));
}
