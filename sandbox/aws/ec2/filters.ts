/** The ids, filters and pages of EC2's describe calls. */
import type { Filter } from '@aws-sdk/client-ec2';
import { ownProperty } from '../../own-property.ts';
import { refusal } from '../../protocol/refusal.ts';
import { matchesWildcard } from '../../wildcard.ts';
import { rowByKey, type Rows } from '../finder.ts';
import { pageOf, type PageRules } from '../paging.ts';
import { invalidParameter } from './errors.ts';
import { tagsOfRow, type Tagged } from './tags.ts';

type Values = string | boolean | undefined | readonly (string | undefined)[];
/** The filters of a kind, apart from the tag filters: for each filter, a function that returns a row's values. */
export type FilterTable<Row> = Readonly<Record<string, (row: Row) => Values>>;

/**
 * Returns the rows that match all filters. A filter matches if any of its values matches; `*` and `?` are wildcards.
 * @throws InvalidParameterValue for a filter that the kind does not have
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Filter.html
 */
export function filtered<Row extends Tagged>(
  rows: Row[],
  filters: Filter[] | undefined,
  table: FilterTable<Row>,
): Row[] {
  const tests = (filters ?? []).map(({ Name = '', Values = [] }) => {
    const valuesOf = valueGetter(Name, table);
    return (row: Row) =>
      valuesOf(row).some((value) => Values.some((pattern) => matchesWildcard(pattern, value)));
  });
  return rows.filter((row) => tests.every((test) => test(row)));
}

function valueGetter<Row extends Tagged>(name: string, table: FilterTable<Row>): (row: Row) => string[] {
  if (name.startsWith('tag:')) {
    const key = name.slice(4);
    return (row) => tagsOfRow(row).flatMap(({ Key, Value = '' }) => (Key === key ? [Value] : []));
  }
  if (name === 'tag-key') return (row) => tagsOfRow(row).map(({ Key = '' }) => Key);
  const get = ownProperty(table, name);
  if (!get) throw invalidParameter(`The filter '${name}' is invalid`);
  return (row) =>
    [get(row)]
      .flat()
      .filter((value) => value !== undefined)
      .map(String);
}

/**
 * Returns the rows that a describe call names by id, or all rows if the call contains no ids.
 * @throws the kind's refusal of a malformed or unknown id
 */
export function requestedRows<Row>(ids: string[] | undefined, rows: Rows<Row> & { all(): Row[] }): Row[] {
  if (!ids?.length) return rows.all();
  // AWS checks the form of all ids before it looks up any of them.
  const keys = ids.map((id) => rows.kind.keyOf(id));
  return keys.map((key) => rowByKey(rows, key));
}

const MAX_ROWS = 1000;

const pageRules = (minSize: number): PageRules => ({
  defaultSize: MAX_ROWS,
  sizes: {
    min: minSize,
    max: MAX_ROWS,
    invalid: (size) =>
      invalidParameter(
        `Value ( ${size} ) for parameter maxResults is invalid. Expecting a value ${size < minSize ? `greater than ${minSize}` : `less than ${MAX_ROWS}`}.`,
      ),
  },
  invalidToken: () => refusal('InvalidNextToken', 'The specified NextToken is not valid.'),
});

/**
 * Returns one page of a result, and the token of the next page.
 * @param minSize the smallest page size that a request may ask for
 * @throws InvalidParameterValue for a size out of range, InvalidNextToken for a token that no page returned
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html#api-pagination
 */
export function page<Row>(
  rows: Row[],
  { MaxResults, NextToken: token }: { MaxResults?: number; NextToken?: string },
  minSize = 5,
): { rows: Row[]; NextToken?: string } {
  const { rows: rowsOfPage, next } = pageOf(rows, MaxResults, token, pageRules(minSize));
  return { rows: rowsOfPage, NextToken: next };
}
