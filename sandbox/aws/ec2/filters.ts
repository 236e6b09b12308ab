/** EC2's describe calls: ids and filters, as every one of them takes. */
import type { Filter } from '@aws-sdk/client-ec2';
import { ownProperty } from '../../own-property.ts';
import { refusal } from '../../protocol/refusal.ts';
import { matchesWildcard } from '../../wildcard.ts';
import { invalidParameter } from './errors.ts';
import { tagsOf, type Tagged } from './tags.ts';

type Values = string | boolean | undefined | readonly (string | undefined)[];
/** The filters that a kind has, tags aside: what a row shows to each. */
export type FilterTable<Row> = Readonly<Record<string, (row: Row) => Values>>;

/**
 * The rows that pass all filters: of each filter, one value must match, in which `*` and `?` are wildcards.
 * @throws InvalidParameterValue for a filter that the kind does not have
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Filter.html
 */
export function filtered<Row extends Tagged>(
  rows: Row[],
  filters: Filter[] | undefined,
  table: FilterTable<Row>,
): Row[] {
  const tests = (filters ?? []).map(({ Name = '', Values = [] }) => {
    const shown = shownBy(Name, table);
    return (row: Row) =>
      shown(row).some((value) => Values.some((pattern) => matchesWildcard(pattern, value)));
  });
  return rows.filter((row) => tests.every((test) => test(row)));
}

function shownBy<Row extends Tagged>(name: string, table: FilterTable<Row>): (row: Row) => string[] {
  if (name.startsWith('tag:')) {
    const key = name.slice(4);
    return (row) => tagsOf(row).flatMap(({ Key, Value = '' }) => (Key === key ? [Value] : []));
  }
  if (name === 'tag-key') return (row) => tagsOf(row).map(({ Key = '' }) => Key);
  const show = ownProperty(table, name);
  if (!show) throw invalidParameter(`The filter '${name}' is invalid`);
  return (row) =>
    [show(row)]
      .flat()
      .filter((value) => value !== undefined)
      .map(String);
}

/**
 * The rows that a describe call asks for by id: all when it names none.
 * @throws the kind's not-found refusal for an id that is not there
 */
export function named<Row>(
  ids: string[] | undefined,
  table: { get(id: string): Row | undefined; all(): Row[] },
  notFound: (id: string) => Error,
): Row[] {
  if (!ids || ids.length === 0) return table.all();
  return ids.map((id) => {
    const row = table.get(id);
    if (!row) throw notFound(id);
    return row;
  });
}

const MOST = 1000;

/**
 * One page of a result: what fits, and the token of the next page.
 * @param least the smallest page that may be asked for
 * @throws InvalidParameterValue for another size, InvalidNextToken for a token that no page gave
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html#api-pagination
 */
export function page<Row>(
  rows: Row[],
  { MaxResults = MOST, NextToken: token }: { MaxResults?: number; NextToken?: string },
  least = 5,
): { rows: Row[]; NextToken?: string } {
  if (MaxResults < least || MaxResults > MOST) {
    const why = MaxResults < least ? `greater than ${least}` : `less than ${MOST}`;
    throw invalidParameter(
      `Value ( ${MaxResults} ) for parameter maxResults is invalid. Expecting a value ${why}.`,
    );
  }
  const start = token === undefined ? 0 : Number(Buffer.from(token, 'base64url').toString());
  if (token === '' || !Number.isInteger(start)) {
    throw refusal('InvalidNextToken', 'The specified NextToken is not valid.');
  }
  const end = start + MaxResults;
  const NextToken = end < rows.length ? Buffer.from(String(end)).toString('base64url') : undefined;
  return { rows: rows.slice(start, end), NextToken };
}
