/** Priorities of rules: longer paths first, the same path always at the same number, wherever it stands in the configuration. Pure. */
import { routesOf, type Config } from '../config/config.ts';
import { shortHash } from './names.ts';

/** AWS takes 1 to 50000. */
const HIGHEST = 50_000;
/** The longest path that fits a pattern with its `/*`. */
const LONGEST = 126;
/** How many numbers each length of path has. */
const BAND = Math.floor(HIGHEST / (LONGEST + 1));

/**
 * A priority for each path. A path that is the beginning of another is shorter and so comes later: the more specific
 * rule wins. Two paths of one length that fall on one number are told apart by the next free one, in order of the path.
 * @param paths without duplicates
 */
export function prioritiesOf(paths: readonly string[]): ReadonlyMap<string, number> {
  const taken = new Set<number>();
  const priorities = new Map<string, number>();
  for (const path of [...paths].sort()) {
    const first = 1 + (LONGEST - Math.min(path.length, LONGEST)) * BAND;
    let offset = Number.parseInt(shortHash(6, path), 16) % BAND;
    while (taken.has(first + offset)) offset = (offset + 1) % BAND;
    taken.add(first + offset);
    priorities.set(path, first + offset);
  }
  return priorities;
}

/**
 * The patterns of a path: itself, and everything below it. `/api/*` alone does not match `/api`, and `/api*` would
 * match `/apix`.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
 */
export const patternsOf = (path: string): string[] => (path === '/' ? ['/*'] : [path, `${path}/*`]);

/** The path and the priority of the rule of each routed container, by its key. */
export function rulesOf(
  config: Config,
): ReadonlyMap<string, { readonly path: string; readonly priority: number }> {
  const routed = routesOf(config).map(({ container }) => container);
  const priorities = prioritiesOf(routed.map(({ path }) => path));
  return new Map(routed.map(({ key, path }) => [key, { path, priority: priorities.get(path) ?? 0 }]));
}
