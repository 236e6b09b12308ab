/** Pages of a list, for ECR, IAM and CloudWatch Logs: a token names the place where the next page starts. */

/** One page, and the token of the next when there is one. */
export interface Page<Row> {
  readonly rows: Row[];
  readonly next: string | undefined;
}

/**
 * Cuts a page out of a list.
 * @param most rows of a page
 * @param token of an earlier page; none for the first
 * @param refuse the service's refusal of a token that it never gave
 */
export function page<Row>(
  rows: readonly Row[],
  most: number,
  token: string | undefined,
  refuse: () => Error,
): Page<Row> {
  const start = token === undefined ? '0' : Buffer.from(token, 'base64url').toString();
  if (!/^\d{1,9}$/.test(start)) throw refuse();
  const end = Number(start) + most;
  const next = end < rows.length ? Buffer.from(String(end)).toString('base64url') : undefined;
  return { rows: rows.slice(Number(start), end), next };
}
