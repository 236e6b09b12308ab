/** Splits lists into batches, for calls that accept a limited number of items. Pure. */

/** @param max the maximum number of items per batch, at least 1 */
export const batchesOf = <T>(all: readonly T[], max: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / max) }, (_, index) =>
    all.slice(index * max, (index + 1) * max),
  );
