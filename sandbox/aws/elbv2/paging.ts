/** Pages of describe calls: up to 400 rows each, and a marker for the next. */
import { constraint, validation } from './errors.ts';

const MOST = 400;

/** One page of a result: what fits, and the marker of the next page. */
export function page<Row>(rows: Row[], size = MOST, marker?: string): { rows: Row[]; NextMarker?: string } {
  if (size < 1) throw constraint(size, 'pageSize', 'have value greater than or equal to 1');
  if (size > MOST) throw constraint(size, 'pageSize', `have value less than or equal to ${MOST}`);
  const start = marker === undefined ? '0' : Buffer.from(marker, 'base64url').toString();
  if (!/^\d+$/.test(start)) throw validation(`Invalid marker '${marker}'`);
  const end = Number(start) + size;
  const NextMarker = end < rows.length ? Buffer.from(String(end)).toString('base64url') : undefined;
  return { rows: rows.slice(Number(start), end), NextMarker };
}
