/** What goes on side by side: started together, and over when all of it has ended. */

/**
 * Starts one for each key, each on the next turn: by then all know of each other, and can wait for each other.
 * @returns what was started, by key
 */
export function siblings<K, T>(
  keys: Iterable<K>,
  start: (key: K, others: ReadonlyMap<K, Promise<T>>) => Promise<T>,
): ReadonlyMap<K, Promise<T>> {
  const started = new Map<K, Promise<T>>();
  for (const key of keys)
    started.set(
      key,
      Promise.resolve().then(() => start(key, started)),
    );
  return started;
}

/**
 * Waits for all, then fails with the first failure: nothing is left running behind it.
 * @returns what each gave
 */
export async function settled<T>(works: Iterable<T | PromiseLike<T>>): Promise<T[]> {
  const ends = await Promise.allSettled(works);
  return ends.map((end) => {
    if (end.status === 'rejected') throw end.reason;
    return end.value;
  });
}
