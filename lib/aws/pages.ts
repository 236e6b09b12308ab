/** Reads a paged list to its end. */

/**
 * All items of a list that comes in pages.
 * @param read reads one page from a token (undefined for the first) and says which token is next
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
