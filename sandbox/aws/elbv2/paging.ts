/** Pages of Elastic Load Balancing's describe calls. Each page contains the marker of the next one. */
import { pageOf, type PageRules } from '../paging.ts';
import { validation } from './errors.ts';

const PAGE_RULES: PageRules = {
  defaultSize: 400,
  invalidToken: (marker) => validation(`Invalid marker '${marker}'`),
};

/** Returns one page of a list, and the marker of the next page. */
export function page<Row>(rows: Row[], size?: number, marker?: string): { rows: Row[]; NextMarker?: string } {
  const { rows: rowsOfPage, next } = pageOf(rows, size, marker, PAGE_RULES);
  return { rows: rowsOfPage, NextMarker: next };
}
