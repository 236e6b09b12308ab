/** Reads all pages of a list. */

/**
 * Returns the items of all pages of a list.
 * @param read reads the page at a token (undefined for the first page), and returns the token of the next one
 */
export async function allPages<T>(
  read: (
    token: string | undefined,
  ) => Promise<{ readonly items: readonly T[]; readonly next: string | undefined }>,
): Promise<T[]> {
  const all: T[] = [];
  let token: string | undefined;
  do {
    const { items, next } = await read(token);
    all.push(...items);
    token = next;
  } while (token !== undefined && token !== '');
  return all;
}
