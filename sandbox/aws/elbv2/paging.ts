/** Pages of Elastic Load Balancing's describe calls: each has up to 400 rows and a marker for the next page. */
import { pageOf, type PageRules } from '../paging.ts';
import { constraint, validation } from './errors.ts';

const MOST = 400;

const PAGES: PageRules = {
  standard: MOST,
  least: 1,
  most: MOST,
  invalidSize: (size) =>
    constraint(
      size,
      'pageSize',
      `have value ${size < 1 ? 'greater' : 'less'} than or equal to ${size < 1 ? 1 : MOST}`,
    ),
  invalidToken: (marker) => validation(`Invalid marker '${marker}'`),
};

/** Returns one page of a list, and the marker of the next page. */
export function page<Row>(rows: Row[], size?: number, marker?: string): { rows: Row[]; NextMarker?: string } {
  const { rows: fitting, next } = pageOf(rows, size, marker, PAGES);
  return { rows: fitting, NextMarker: next };
}
