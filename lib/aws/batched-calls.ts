/** Shares AWS calls: requests made at about the same time become one call, and recent answers are reused. */
import DataLoader from 'dataloader';
import type { Clock } from '../model/clock.ts';

/** Milliseconds for which a batch collects keys. Waits that should end together end a few milliseconds apart. */
const BATCH_WINDOW_MS = 10;

/** Returns the answer for one key; the clock decides when its batch is sent. */
export type BatchedCall<T> = (key: string, clock: Clock) => Promise<T>;

/**
 * Turns a call for several keys into a function for a single key. Keys that are requested within the batch window share a call.
 * Nothing is cached: if a key is requested again after its batch was sent, it is sent in a new batch. If a call fails, it fails
 * for every key in its batch.
 * @param maxKeys the maximum number of keys that one call accepts
 * @param call sends one call for distinct keys, and returns a function that finds a key's answer in the response
 */
export function batched<T>(
  maxKeys: number,
  call: (keys: string[]) => Promise<(key: string) => T>,
): BatchedCall<T> {
  const loaderFor = memoised(new WeakMap<Clock, DataLoader<string, T>>(), (clock) => {
    const loader = new DataLoader<string, T>(
      async (keys) => {
        // The loader's cache joins identical keys in one batch. Clearing the keys here keeps answers from being reused. When a
        // batch fails, the loader clears the batch's keys again, even those already requested for the next batch. The next
        // batch can then contain a key twice.
        keys.forEach((key) => loader.clear(key));
        return keys.map(await call([...new Set(keys)]));
      },
      {
        maxBatchSize: maxKeys,
        batchScheduleFn: (send) => void clock.sleep(BATCH_WINDOW_MS).then(send),
      },
    );
    return loader;
  });
  return (key, clock) => loaderFor(clock).load(key);
}

/**
 * Wraps a call so that its result, even a failure, is reused for a while.
 * @param ms the milliseconds for which a result is reused
 */
export function cachedFor<T>(ms: number, call: () => Promise<T>): (clock: Pick<Clock, 'now'>) => Promise<T> {
  let last: { readonly at: number; readonly answer: Promise<T> } | undefined;
  return (clock) => {
    const at = clock.now();
    if (!last || at - last.at >= ms) last = { at, answer: call() };
    return last.answer;
  };
}

/** Makes one value per client, on first use. All callers with the same client share the value. */
export const perClient = <C extends object, T>(make: (client: C) => T): ((client: C) => T) =>
  memoised(new WeakMap<C, T>(), make);

/** Makes one value per name, on first use. */
export const perName = <T>(make: (name: string) => T): ((name: string) => T) =>
  memoised(new Map<string, T>(), make);

interface Cache<K, T> {
  has(key: K): boolean;
  get(key: K): T | undefined;
  set(key: K, value: T): unknown;
}

function memoised<K, T>(cache: Cache<K, T>, make: (key: K) => T): (key: K) => T {
  return (key) => {
    if (!cache.has(key)) cache.set(key, make(key));
    return cache.get(key) as T;
  };
}
