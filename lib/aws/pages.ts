/** Reads all pages of a list. */

/** One page of a list. */
export interface ListPage<T> {
  readonly items: readonly T[];
  /** The token of the next page; undefined or empty on the last page. */
  readonly next: string | undefined;
}

/**
 * Returns the items of all pages of a list.
 * @param read reads the page at a token (undefined for the first page), and returns the token of the next one
 */
export async function allPages<T>(read: (token: string | undefined) => Promise<ListPage<T>>): Promise<T[]> {
  const all: T[] = [];
  let token: string | undefined;
  do {
    const { items, next } = await read(token);
    all.push(...items);
    token = next;
  } while (token !== undefined && token !== '');
  return all;
}
