/** The cost of a stack as data: a field of the documents that `--json` prints, and of the values that the API returns. */

/** The cost of a stack on AWS without its traffic, logs and images, in US dollars, from published prices. */
export type StackCost = {
  readonly perHour: number;
  readonly perMonth: number;
  /** The most expensive item first; `perHour` is null if the price is not known for the region. */
  readonly items: readonly { readonly what: string; readonly perHour: number | null }[];
  /** The month in which the oldest of the prices was found, e.g. `2026-07`; null if no price is known. */
  readonly pricesOf: string | null;
};
