/** Concurrent work: starts several tasks together, and waits until all of them have ended. */

/**
 * Starts one task per entry. Each starts in the next microtask, when the map of all tasks is complete, so that tasks can await
 * each other.
 * @param start starts one task; `all` contains all tasks, under the keys of their entries
 * @returns the running tasks, under the keys of their entries
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

/** The errors of several tasks that failed for different causes. */
export class SeveralErrors extends Error {
  readonly errors: readonly unknown[];

  constructor(errors: readonly unknown[]) {
    super(errors.map((error) => (error instanceof Error ? error.message : String(error))).join('\n'));
    this.name = 'SeveralErrors';
    this.errors = errors;
  }
}

/** Returns the individual errors of a failure: one for each failed task, or the failure itself if it is a single error. */
export const errorsIn = (error: unknown): unknown[] =>
  error instanceof SeveralErrors ? error.errors.flatMap(errorsIn) : [error];

/**
 * Waits until all tasks for the resources of one noun have ended. They fail independently: the error of one task may say nothing
 * about another.
 * @returns the results, in the order of the tasks
 * @throws the error that all failed tasks share; SeveralErrors if they failed with different errors
 */
export async function waitForSiblings<T>(tasks: Iterable<T | PromiseLike<T>>): Promise<T[]> {
  const results = await Promise.allSettled(tasks);
  const errors = new Set(
    results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : [])),
  );
  const [first] = errors;
  if (errors.size > 1) throw new SeveralErrors([...errors]);
  if (errors.size === 1) throw first;
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}

/**
 * Waits until all tasks have ended, so that nothing keeps running after a failure.
 * @returns the results, in the order of the tasks
 * @throws the error of the first failed task in that order
 */
export async function waitForAll<T>(tasks: Iterable<T | PromiseLike<T>>): Promise<T[]> {
  const results = await Promise.allSettled(tasks);
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}
