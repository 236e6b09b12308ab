/** Computes the longest path through a dependency graph, and with it the shortest possible duration of a run. Pure. */

/** The dependencies of each node. */
export type Graph = Readonly<Record<string, readonly string[]>>;

/** A path through a graph, starting at a node without dependencies. */
export interface LongestPath {
  readonly ms: number;
  readonly nodes: readonly string[];
}

/**
 * Returns the path that takes the most time.
 * @param needs the dependencies of each node, without cycles
 * @param weights milliseconds of each node; by default 0
 */
export function longestPath(needs: Graph, weights: Readonly<Record<string, number>>): LongestPath {
  const longestByNode = new Map<string, LongestPath>();
  const longestTo = (node: string): LongestPath => {
    const known = longestByNode.get(node);
    if (known) return known;
    const longestBefore = longestOf((needs[node] ?? []).map(longestTo));
    const path = { ms: longestBefore.ms + (weights[node] ?? 0), nodes: [...longestBefore.nodes, node] };
    longestByNode.set(node, path);
    return path;
  };
  const { ms, nodes } = longestOf(Object.keys(needs).map(longestTo));
  // If the last nodes take no time, they are left out.
  const lastIndex = nodes.findLastIndex((node) => (weights[node] ?? 0) > 0);
  return { ms, nodes: nodes.slice(0, lastIndex + 1) };
}

/** Returns the longest path; among equally long paths, the one with the most nodes. */
const longestOf = (paths: readonly LongestPath[]): LongestPath =>
  paths.reduce(
    (best, path) =>
      path.ms > best.ms || (path.ms === best.ms && path.nodes.length > best.nodes.length) ? path : best,
    { ms: 0, nodes: [] } as LongestPath,
  );
