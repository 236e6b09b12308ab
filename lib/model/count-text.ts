/** Counts in words. */

/** Returns a count with its noun, e.g. `1 task` or `2 tasks`. */
export const countText = (count: number, singular: string): string =>
  `${count} ${singular}${count === 1 ? '' : 's'}`;
