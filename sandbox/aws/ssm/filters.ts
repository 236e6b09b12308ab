/** The filters of lists of parameters. */
import type { ParametersFilter, ParameterStringFilter } from '@aws-sdk/client-ssm';
import { invalidFilterKey, invalidFilterOption, invalidFilterValue } from './errors.ts';
import { newestVersion } from './names.ts';
import type { ParameterRow } from './store.ts';

type Test = (row: ParameterRow) => boolean;
type Comparison = (actual: string, wanted: string) => boolean;

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  Equals: (actual, wanted) => actual === wanted,
  BeginsWith: (actual, wanted) => actual.startsWith(wanted),
  Contains: (actual, wanted) => actual.includes(wanted),
  /** Everything below a path, at every depth. */
  Recursive: (actual, wanted) => actual.startsWith(below(wanted)),
  /** Only what is directly below a path. */
  OneLevel: (actual, wanted) =>
    actual.startsWith(below(wanted)) && !actual.slice(below(wanted).length).includes('/'),
};

const below = (path: string): string => (path.endsWith('/') ? path : `${path}/`);

/** Returns the values of a parameter that a filter compares. */
const READERS: Readonly<Record<string, (row: ParameterRow) => readonly string[]>> = {
  Name: ({ name }) => [name],
  Path: ({ name }) => [name],
  Type: (row) => [newestVersion(row).type],
  KeyId: (row) => [newestVersion(row).keyId ?? ''],
  Tier: (row) => [newestVersion(row).tier],
  DataType: (row) => [newestVersion(row).dataType],
  Label: ({ versions }) => versions.flatMap(({ labels }) => labels),
};

/** The options of each key, the default first; other keys have only `Equals`. */
const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  Name: ['Equals', 'BeginsWith', 'Contains'],
  Path: ['OneLevel', 'Recursive'],
  KeyId: ['Equals', 'BeginsWith'],
  Type: ['Equals', 'BeginsWith'],
};

/** Whether a path is compared: a filter by path must be the only one by path or by name. */
function testOf(
  { Key = '', Option, Values = [] }: ParameterStringFilter,
  allowedKeys: readonly string[],
): Test {
  const tag = /^tag:(.+)$/.exec(Key)?.[1];
  if (tag === undefined && !allowedKeys.includes(Key))
    throw invalidFilterKey(
      `The following filter key is not valid: ${Key}. Valid filter keys include: [${allowedKeys.join(', ')}].`,
    );
  if (tag !== undefined && !allowedKeys.includes('tag'))
    throw invalidFilterKey(`The filter key ${Key} is not valid here.`);
  const options = OPTIONS[Key] ?? ['Equals'];
  const option = Option ?? options[0] ?? '';
  if (!options.includes(option))
    throw invalidFilterOption(
      `The following filter option is not valid: ${option}. Valid options include: [${options.join(', ')}].`,
    );
  if (Values.length === 0 && tag === undefined)
    throw invalidFilterValue(`The following filter values are missing : null for filter key ${Key}`);
  if (Key === 'Path' && Values.some((value) => !value.startsWith('/')))
    throw invalidFilterValue(
      'The parameter doesn\'t meet the parameter name requirements. The parameter name must begin with a forward slash "/".',
    );
  const compare = COMPARISONS[option] as Comparison;
  const read =
    tag === undefined
      ? (READERS[Key] as (row: ParameterRow) => readonly string[])
      : ({ tags }: ParameterRow) => tags.filter((one) => one.Key === tag).map(({ Value = '' }) => Value);
  if (Values.length === 0) return (row) => read(row).length > 0;
  return (row) => read(row).some((actual) => Values.some((value) => compare(actual, value)));
}

/**
 * Makes the test of a list of filters: a parameter passes if it meets all of them.
 * @param allowedKeys the keys that the operation accepts; `tag` stands for every key that begins with `tag:`
 * @throws InvalidFilterKey, InvalidFilterOption, InvalidFilterValue
 */
export function filterTest(
  filters: readonly ParameterStringFilter[] = [],
  allowedKeys: readonly string[],
): Test {
  const tests = filters.map((filter) => testOf(filter, allowedKeys));
  return (row) => tests.every((test) => test(row));
}

/** Makes the test of the older filters, which compare the beginning of names and keys. */
export function olderFilterTest(filters: readonly ParametersFilter[] = []): Test {
  return (row) =>
    filters.every(({ Key = '', Values = [] }) =>
      (READERS[Key]?.(row) ?? []).some((actual) => Values.some((value) => actual.startsWith(value))),
    );
}
