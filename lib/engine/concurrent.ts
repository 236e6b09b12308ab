/** Concurrent work: starts several tasks together, and waits until all of them have ended. */

/**
 * Starts one task per entry. Each starts in the next microtask, when the map of all tasks is complete, so that tasks can await
 * each other.
 * @param start starts one task; `all` contains every task by key
 * @returns the running tasks by key
 */
export function startAll<V, T>(
  entries: Iterable<readonly [key: string, value: V]>,
  start: (value: V, all: ReadonlyMap<string, Promise<T>>) => Promise<T>,
): ReadonlyMap<string, Promise<T>> {
  const started = new Map<string, Promise<T>>();
  const startLater = (value: V) => Promise.resolve().then(() => start(value, started));
  for (const [key, value] of entries) started.set(key, startLater(value));
  return started;
}

/**
 * Waits until all tasks have ended, so that nothing keeps running after a failure.
 * @returns the results, in the order of the tasks
 * @throws the error of the first failed task, in this order
 */
export async function waitForAll<T>(tasks: Iterable<T | PromiseLike<T>>): Promise<T[]> {
  const results = await Promise.allSettled(tasks);
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}
