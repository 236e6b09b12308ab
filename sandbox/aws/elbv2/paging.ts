/** Pages of Elastic Load Balancing's describe calls. Each has up to 400 rows, and the marker of the next page. */
import { pageOf, type PageRules } from '../paging.ts';
import { constraint, validation } from './errors.ts';

const MAX_ROWS = 400;

const PAGE_RULES: PageRules = {
  defaultSize: MAX_ROWS,
  minSize: 1,
  maxSize: MAX_ROWS,
  invalidSize: (size) =>
    constraint(
      size,
      'pageSize',
      `have value ${size < 1 ? 'greater' : 'less'} than or equal to ${size < 1 ? 1 : MAX_ROWS}`,
    ),
  invalidToken: (marker) => validation(`Invalid marker '${marker}'`),
};

/** Returns one page of a list, and the marker of the next page. */
export function page<Row>(rows: Row[], size?: number, marker?: string): { rows: Row[]; NextMarker?: string } {
  const { rows: rowsOfPage, next } = pageOf(rows, size, marker, PAGE_RULES);
  return { rows: rowsOfPage, NextMarker: next };
}
