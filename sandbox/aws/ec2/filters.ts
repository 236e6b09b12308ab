/** EC2's describe calls: ids and filters, as every one of them takes. */
import type { Filter, Tag } from '@aws-sdk/client-ec2';
import { invalidParameter } from './errors.ts';

type Values = string | boolean | undefined | readonly (string | undefined)[];
/** The filters that a kind has, tags aside: what a row shows to each. */
export type FilterTable<Row> = Readonly<Record<string, (row: Row) => Values>>;

/** `*` stands for any run of characters, `?` for one, as in every EC2 filter. */
function matches(pattern: string, value: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern === value;
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(value);
}

/**
 * The rows that pass all filters: of each filter, one value must match.
 * @throws InvalidParameterValue for a filter that the kind does not have
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Filter.html
 */
export function filtered<Row extends { Tags?: Tag[] }>(
  rows: Row[],
  filters: Filter[] | undefined,
  table: FilterTable<Row>,
): Row[] {
  const tests = (filters ?? []).map(({ Name = '', Values = [] }) => {
    const shown = shownBy(Name, table);
    return (row: Row) => shown(row).some((value) => Values.some((pattern) => matches(pattern, value)));
  });
  return rows.filter((row) => tests.every((test) => test(row)));
}

function shownBy<Row extends { Tags?: Tag[] }>(
  name: string,
  table: FilterTable<Row>,
): (row: Row) => string[] {
  if (name.startsWith('tag:')) {
    return ({ Tags = [] }) => Tags.filter(({ Key }) => Key === name.slice(4)).map(({ Value = '' }) => Value);
  }
  if (name === 'tag-key') return ({ Tags = [] }) => Tags.map(({ Key = '' }) => Key);
  const show = table[name];
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

/** One page of a result: what fits, and the token of the next page. */
export function page<Row>(rows: Row[], most = 1000, token = '0'): { rows: Row[]; NextToken?: string } {
  const start = Number(Buffer.from(token, 'base64url').toString() || token);
  const end = start + most;
  const NextToken = end < rows.length ? Buffer.from(String(end)).toString('base64url') : undefined;
  return { rows: rows.slice(start, end), NextToken };
}
