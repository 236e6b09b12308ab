/** Pages of Route 53's lists. Instead of a token, a page names the item with which the next page starts. */
import { pageOf } from '../paging.ts';
import { invalidInput } from './errors.ts';

/**
 * Returns the first page of the remaining items of a list.
 * @param requested the page size that the call requests; a size above `max` is reduced to `max`
 * @param max the maximum page size, which is also the default
 */
export function firstPage<Row>(rows: Row[], requested: number | undefined, max: number) {
  const MaxItems = Math.min(requested ?? max, max);
  const { rows: page, firstOfNext } = pageOf(rows, MaxItems, undefined, {
    defaultSize: max,
    sizes: {
      min: 1,
      max,
      invalid: () => invalidInput(`The value '${requested}' of maxitems is not valid`),
    },
    invalidToken: invalidInput,
  });
  return { page, next: firstOfNext, IsTruncated: firstOfNext !== undefined, MaxItems };
}
