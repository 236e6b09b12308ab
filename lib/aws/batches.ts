/** Lists in parts, for calls that take only so many at once. Pure. */

/** @param most items of a part, at least 1 */
export const batchesOf = <T>(all: readonly T[], most: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / most) }, (_, index) =>
    all.slice(index * most, (index + 1) * most),
  );
