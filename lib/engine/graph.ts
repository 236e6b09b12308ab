/** Walks a graph: each node starts once the nodes it needs are done; a failure stops only the nodes that depend on the failed node. */

/** The outcome of a node. */
export type Outcome =
  | { readonly state: 'done' }
  | { readonly state: 'failed'; readonly error: unknown }
  /** It did not start: a node that it needs was not completed, or the walk was aborted. */
  | { readonly state: 'not reached' };

/**
 * Runs every node once.
 * @param needs the nodes that each node needs directly; must be free of cycles
 * @param run does the work of one node; not called when a node it needs has failed or `signal` is aborted
 * @returns how each node ended; never rejects
 */
export async function walk<N extends string>(
  needs: Readonly<Record<N, readonly N[]>>,
  run: (node: N) => Promise<void>,
  signal?: AbortSignal,
): Promise<ReadonlyMap<N, Outcome>> {
  const running = new Map<N, Promise<Outcome>>();
  const start = (node: N): Promise<Outcome> => {
    const started = running.get(node);
    if (started) return started;
    const outcome = Promise.all(needs[node].map(start)).then((outcomes) => visit(node, outcomes));
    running.set(node, outcome);
    return outcome;
  };
  const visit = async (node: N, outcomesOfNeeds: readonly Outcome[]): Promise<Outcome> => {
    if (signal?.aborted || outcomesOfNeeds.some(({ state }) => state !== 'done'))
      return { state: 'not reached' };
    try {
      await run(node);
      return { state: 'done' };
    } catch (error) {
      return { state: 'failed', error };
    }
  };
  const nodes = Object.keys(needs) as N[];
  const outcomes = await Promise.all(nodes.map(async (node) => [node, await start(node)] as const));
  return new Map(outcomes);
}

/** Reverses a graph: returns, for each node, the nodes that need it. These must be removed before the node itself. */
export function reversed<N extends string>(needs: Readonly<Record<N, readonly N[]>>): Record<N, N[]> {
  const nodes = Object.keys(needs) as N[];
  return Object.fromEntries(
    nodes.map((node) => [node, nodes.filter((other) => needs[other].includes(node))]),
  ) as Record<N, N[]>;
}

/**
 * Checks that a graph can be walked.
 * @throws an error that names the cycle, or a needed node that does not exist
 */
export function checkGraph<N extends string>(needs: Readonly<Record<N, readonly N[]>>): void {
  const visited = new Set<N>();
  const visit = (node: N, path: readonly N[]): void => {
    if (path.includes(node))
      throw new Error(`The steps depend on each other: ${[...path, node].join(' → ')}`);
    if (visited.has(node)) return;
    if (!(node in needs)) throw new Error(`${path.at(-1)} needs ${node}, which is not a step`);
    for (const need of needs[node]) visit(need, [...path, node]);
    visited.add(node);
  };
  for (const node of Object.keys(needs) as N[]) visit(node, []);
}
