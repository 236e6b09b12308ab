/** Pages of lists. Each service limits the page size, and a token encodes where the next page starts. */

/** The page sizes of a service, and the refusals of invalid sizes and tokens. */
export interface PageRules {
  /** The page size of a request that does not specify one. */
  readonly defaultSize: number;
  /** The allowed page sizes, and the refusal of others. Undefined if AWS's API model already limits the size. */
  readonly sizes?: { readonly min: number; readonly max: number; invalid(size: number): Error };
  /** Returns the refusal of an invalid token. */
  invalidToken(token: string): Error;
}

export interface Page<Row> {
  readonly rows: Row[];
  /** The token of the next page; undefined on the last page. */
  readonly next: string | undefined;
  /** The first row of the next page; undefined on the last page. */
  readonly firstOfNext: Row | undefined;
}

/**
 * Cuts a page out of a list.
 * @param size the number of rows that the request asks for
 * @param token the token that an earlier page returned; undefined for the first page
 * @throws the service's refusal of the size or of the token
 */
export function pageOf<Row>(
  rows: readonly Row[],
  size: number | undefined,
  token: string | undefined,
  rules: PageRules,
): Page<Row> {
  const count = size ?? rules.defaultSize;
  const { sizes } = rules;
  if (sizes && !(count >= sizes.min && count <= sizes.max)) throw sizes.invalid(count);
  const start = token === undefined ? '0' : Buffer.from(token, 'base64url').toString();
  if (!/^\d{1,9}$/.test(start)) throw rules.invalidToken(token ?? '');
  const end = Number(start) + count;
  const next = end < rows.length ? Buffer.from(String(end)).toString('base64url') : undefined;
  return { rows: rows.slice(Number(start), end), next, firstOfNext: rows[end] };
}
