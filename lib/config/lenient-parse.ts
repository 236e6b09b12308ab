/** Puts placeholders in the place of fields that the schema rejects, so that the rest can be checked in the same run. */
import type * as z from 'zod';
import type { Path } from './finding.ts';
import { Stack, type StackOutput } from './schema.ts';

/** The result of parsing a value whose invalid parts were replaced. */
export interface LenientResult {
  /** Undefined when the value cannot be repaired, e.g. when it is not an object. */
  readonly stack: StackOutput | undefined;
  /** The issues that the schema reports for the original value. */
  readonly issues: readonly z.core.$ZodIssue[];
  /** The replaced paths: a finding at such a path, or based on such a path, is meaningless. */
  readonly replacedPaths: readonly Path[];
}

/** The placeholders of required values; `*` is any key. Invalid optional values are removed. */
const PLACEHOLDERS: readonly { readonly path: readonly string[]; readonly value: unknown }[] = [
  { path: ['name'], value: 'x' },
  { path: ['region'], value: 'us-x-1' },
  { path: ['domain', 'name'], value: 'x.x' },
  { path: ['domain', 'zone'], value: 'x.x' },
  { path: ['services'], value: {} },
  { path: ['services', '*'], value: { containers: {} } },
  { path: ['services', '*', 'containers'], value: {} },
  { path: ['services', '*', 'containers', '*'], value: { source: '.' } },
  { path: ['services', '*', 'containers', '*', 'source'], value: '.' },
];

/**
 * The maximum number of times that rejected parts are replaced. A second time is needed when removing an invalid `image` leaves
 * a container with neither `source` nor `image`, which the schema rejects, too.
 */
const MAX_ROUNDS = 2;

/** Parses a value; when the schema rejects parts of it, parses it again with those parts replaced. */
export function parseLeniently(input: unknown, rounds = MAX_ROUNDS): LenientResult {
  const { data, error } = Stack.safeParse(input);
  if (data !== undefined) return { stack: data, issues: [], replacedPaths: [] };
  const { issues } = error;
  const paths = issues.flatMap(pathsOf);
  if (rounds === 0 || paths.some((path) => path.length === 0))
    return { stack: undefined, issues, replacedPaths: paths };
  const draft = paths.reduce((value, path) => replaceAt(value, path, placeholderOf(path)), input);
  const { stack, replacedPaths } = parseLeniently(draft, rounds - 1);
  return { stack, issues, replacedPaths: [...paths, ...replacedPaths] };
}

/** Returns the paths to replace for an issue: each unknown key separately, a list as a whole. */
function pathsOf(issue: z.core.$ZodIssue): Path[] {
  const paths =
    issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
  return paths.map(wholeList);
}

const wholeList = (path: Path): Path => {
  const index = path.findIndex((key) => typeof key === 'number');
  return index < 0 ? path : path.slice(0, index);
};

const placeholderOf = (path: Path): unknown =>
  PLACEHOLDERS.find(
    (placeholder) =>
      placeholder.path.length === path.length &&
      placeholder.path.every((key, index) => key === '*' || key === path[index]),
  )?.value;

/** Returns a copy with another value at a path; without the path, if the value is undefined. The keys keep their order. */
function replaceAt(original: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value;
  const fields = new Map<PropertyKey, unknown>(Object.entries(original as object));
  const nextValue = replaceAt(fields.get(key), rest, value);
  if (nextValue === undefined) fields.delete(key);
  else fields.set(key, nextValue);
  return Object.fromEntries(fields);
}
