/** Critical paths through a graph of needs: the longest that there can be, and the one that a run took. Pure. */

export type Graph = Readonly<Record<string, readonly string[]>>;

/** A way through a graph, from what needs nothing to the last. */
export interface Path {
  readonly ms: number;
  readonly nodes: readonly string[];
}

/**
 * The longest way: nothing that keeps to the graph can be quicker.
 * @param needs what each node needs; free of cycles
 * @param weights milliseconds of each node; what is not there takes no time
 */
export function longestPath(needs: Graph, weights: Readonly<Record<string, number>>): Path {
  const known = new Map<string, Path>();
  const to = (node: string): Path => {
    const before = known.get(node);
    if (before) return before;
    const way = longestOf((needs[node] ?? []).map(to));
    const path = { ms: way.ms + (weights[node] ?? 0), nodes: [...way.nodes, node] };
    known.set(node, path);
    return path;
  };
  const { ms, nodes } = longestOf(Object.keys(needs).map(to));
  // What takes no time at the end of it says nothing.
  const last = nodes.findLastIndex((node) => (weights[node] ?? 0) > 0);
  return { ms, nodes: nodes.slice(0, last + 1) };
}

/** Of ways that take as long, the one that says more. */
const longestOf = (paths: readonly Path[]): Path =>
  paths.reduce(
    (best, path) =>
      path.ms > best.ms || (path.ms === best.ms && path.nodes.length > best.nodes.length) ? path : best,
    { ms: 0, nodes: [] } as Path,
  );

/** When something was done. Milliseconds from any beginning. */
export interface Span {
  /** The node of the graph that it belongs to. */
  readonly node: string;
  readonly label: string;
  readonly start: number;
  readonly end: number;
}

/**
 * The way that decided when a run was over: back from what ended last, always to what it needed that ended last.
 * @returns the spans on it, the first first
 */
export function criticalPath(spans: readonly Span[], needs: Graph): Span[] {
  const latest = (some: readonly Span[]): Span | undefined =>
    some.reduce<Span | undefined>((last, span) => (last && last.end >= span.end ? last : span), undefined);
  const path: Span[] = [];
  let span = latest(spans);
  while (span) {
    const { node, end } = span;
    path.unshift(span);
    const needed = spans.filter((one) => needs[node]?.includes(one.node) && one.end <= end);
    span = latest(needed);
  }
  return path;
}
