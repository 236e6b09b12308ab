/** Pages of Route 53's lists: the first items from a start, and the item with which the next page starts. */
import { pageOf } from '../paging.ts';
import { invalidInput } from './errors.ts';

/**
 * Returns one page from the remaining items of a list.
 * @param asked the maximum number of items that the call requests; a number above `most` is reduced to it
 * @param most the maximum number of items that AWS returns, which is also the default
 */
export function firstPage<Row>(rows: Row[], asked: number | undefined, most: number) {
  const MaxItems = Math.min(asked ?? most, most);
  const { rows: page, following } = pageOf(rows, MaxItems, undefined, {
    standard: most,
    least: 1,
    most,
    invalidSize: () => invalidInput(`The value '${asked}' of maxitems is not valid`),
    invalidToken: invalidInput,
  });
  return { page, next: following, IsTruncated: following !== undefined, MaxItems };
}
