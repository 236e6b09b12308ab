/** Pages of Route 53's lists: so many items, and whether there are more. */
import { invalidInput } from './errors.ts';

/**
 * The first items of what is left of a list.
 * @param asked how many the call wants at most
 * @param most how many AWS gives at most, and when the call does not say
 */
export function firstOf<Row>(rows: Row[], asked: number | undefined, most: number) {
  const MaxItems = Math.min(asked ?? most, most);
  if (!(MaxItems >= 1)) throw invalidInput(`The value '${asked}' of maxitems is not valid`);
  return {
    page: rows.slice(0, MaxItems),
    next: rows[MaxItems],
    IsTruncated: rows.length > MaxItems,
    MaxItems,
  };
}
