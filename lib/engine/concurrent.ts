/** What goes on side by side: started together, and over when all of it has ended. */

/**
 * Starts one for each entry, each on the next turn: by then all know of each other, and can wait for each other.
 * @returns what was started, by key
 */
export function startAll<V, T>(
  entries: Iterable<readonly [key: string, value: V]>,
  start: (value: V, others: ReadonlyMap<string, Promise<T>>) => Promise<T>,
): ReadonlyMap<string, Promise<T>> {
  const started = new Map<string, Promise<T>>();
  const later = (value: V) => Promise.resolve().then(() => start(value, started));
  for (const [key, value] of entries) started.set(key, later(value));
  return started;
}

/**
 * Waits for all, then fails with the first failure: nothing is left running behind it.
 * @returns what each gave
 */
export async function waitForAll<T>(works: Iterable<T | PromiseLike<T>>): Promise<T[]> {
  const ends = await Promise.allSettled(works);
  return ends.map((end) => {
    if (end.status === 'rejected') throw end.reason;
    return end.value;
  });
}
