/** Remembers what load balancers look up for their requests, so that a busy load balancer does not look it up for each one. */

/** Remembered lookups. */
export interface LookupCache {
  /**
   * Returns what a lookup found before; looks it up if that is too old or unknown. Only objects are remembered, so that the
   * reason why something was not found is never out of date.
   */
  get<T>(this: void, key: string, lookUp: () => T): T;
  /** Forgets everything. */
  clear(this: void): void;
}

/**
 * Makes an empty cache.
 * @param maxAgeMs the time for which a lookup is remembered, in milliseconds
 * @param now returns the time in milliseconds; by default, that of this machine
 */
export function makeLookupCache(maxAgeMs: number, now: () => number = () => performance.now()): LookupCache {
  const lookups = new Map<string, { readonly value: unknown; readonly at: number }>();
  return {
    get<T>(key: string, lookUp: () => T): T {
      const known = lookups.get(key);
      if (known !== undefined && now() - known.at < maxAgeMs) return known.value as T;
      const value = lookUp();
      if (typeof value === 'object') lookups.set(key, { value, at: now() });
      else lookups.delete(key);
      return value;
    },
    clear: () => lookups.clear(),
  };
}
