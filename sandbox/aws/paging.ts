/** Pages of lists: their size is within the service's limits, and a token encodes where the next page starts. */

/** The page sizes and tokens that a service allows, and its refusals of all others. */
export interface PageRules {
  /** The page size when the request names none. */
  readonly standard: number;
  readonly least: number;
  readonly most: number;
  /** Returns the refusal of a page size outside the limits. */
  invalidSize(size: number): Error;
  /** Returns the refusal of an invalid token. */
  invalidToken(token: string): Error;
}

export interface Page<Row> {
  readonly rows: Row[];
  /** The token of the next page; undefined on the last page. */
  readonly next: string | undefined;
  /** The first row of the next page. */
  readonly following: Row | undefined;
}

/**
 * Cuts a page out of a list.
 * @param size the number of rows that the request asks for
 * @param token the token of an earlier page; undefined for the first page
 * @throws the service's refusals of a size or a token
 */
export function pageOf<Row>(
  rows: readonly Row[],
  size: number | undefined,
  token: string | undefined,
  rules: PageRules,
): Page<Row> {
  const count = size ?? rules.standard;
  if (!(count >= rules.least && count <= rules.most)) throw rules.invalidSize(count);
  const start = token === undefined ? '0' : Buffer.from(token, 'base64url').toString();
  if (!/^\d{1,9}$/.test(start)) throw rules.invalidToken(token ?? '');
  const end = Number(start) + count;
  const next = end < rows.length ? Buffer.from(String(end)).toString('base64url') : undefined;
  return { rows: rows.slice(Number(start), end), next, following: rows[end] };
}
