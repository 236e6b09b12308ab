/** Computes the critical path of a run: the steps that determined its duration. Pure. */
import type { Graph } from './longest-path.ts';

/** The time from the start of a step to its end. All spans of a run have the same origin. */
export interface Span {
  /** The node of the graph that the span belongs to. */
  readonly node: string;
  readonly label: string;
  /** Milliseconds since the origin. */
  readonly start: number;
  /** Milliseconds since the origin. */
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
