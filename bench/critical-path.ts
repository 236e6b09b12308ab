/** Computes paths through a dependency graph: the longest path, and the critical path of a run. Pure. */

/** The dependencies of each node. */
export type Graph = Readonly<Record<string, readonly string[]>>;

/** A path through a graph that starts at a node without dependencies. */
export interface Path {
  readonly ms: number;
  readonly nodes: readonly string[];
}

/**
 * Returns the longest path: no run that respects the graph can be faster.
 * @param needs the dependencies of each node, without cycles
 * @param weights milliseconds of each node; by default 0
 */
export function longestPath(needs: Graph, weights: Readonly<Record<string, number>>): Path {
  const longestByNode = new Map<string, Path>();
  const longestTo = (node: string): Path => {
    const known = longestByNode.get(node);
    if (known) return known;
    const longest = longestOf((needs[node] ?? []).map(longestTo));
    const path = { ms: longest.ms + (weights[node] ?? 0), nodes: [...longest.nodes, node] };
    longestByNode.set(node, path);
    return path;
  };
  const { ms, nodes } = longestOf(Object.keys(needs).map(longestTo));
  // Nodes at the end of the path that take no time are left out.
  const last = nodes.findLastIndex((node) => (weights[node] ?? 0) > 0);
  return { ms, nodes: nodes.slice(0, last + 1) };
}

/** Returns the longest path; among equally long paths, the one with the most nodes. */
const longestOf = (paths: readonly Path[]): Path =>
  paths.reduce(
    (best, path) =>
      path.ms > best.ms || (path.ms === best.ms && path.nodes.length > best.nodes.length) ? path : best,
    { ms: 0, nodes: [] } as Path,
  );

/** The time that a step took, in milliseconds since any common origin. */
export interface Span {
  /** The node of the graph that the span belongs to. */
  readonly node: string;
  readonly label: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Returns the path that determined the duration of a run. The search starts at the span that ended last, and goes back from
 * each span to its latest dependency.
 * @returns the spans on the path, in chronological order
 */
export function criticalPath(spans: readonly Span[], needs: Graph): Span[] {
  const latestOf = (candidates: readonly Span[]): Span | undefined =>
    candidates.reduce<Span | undefined>(
      (last, span) => (last && last.end >= span.end ? last : span),
      undefined,
    );
  const path: Span[] = [];
  let span = latestOf(spans);
  while (span) {
    const { node, end } = span;
    path.unshift(span);
    const dependencies = spans.filter((other) => needs[node]?.includes(other.node) && other.end <= end);
    span = latestOf(dependencies);
  }
  return path;
}
