/** Puts something sound in the place of what the schema refuses, so that the rest can be checked in the same run. */
import type * as z from 'zod';
import type { Path } from './finding.ts';
import { Stack, type StackOutput } from './schema.ts';

/** A value that was parsed, with parts of it replaced where that was needed. */
export interface LenientResult {
  /** Undefined when nothing can be made of the value: it is no object at all. */
  readonly stack: StackOutput | undefined;
  /** What the schema refuses in the value itself. */
  readonly issues: readonly z.core.$ZodIssue[];
  /** What was replaced: nothing that is found there, or by reading it, means anything. */
  readonly replaced: readonly Path[];
}

/** What stands for required values; `*` is any key. All others are left out. */
const PLACEHOLDERS: readonly { readonly path: readonly string[]; readonly value: unknown }[] = [
  { path: ['name'], value: 'x' },
  { path: ['region'], value: 'xx-x-1' },
  { path: ['domain', 'name'], value: 'x.x' },
  { path: ['domain', 'zone'], value: 'x.x' },
  { path: ['services'], value: {} },
  { path: ['services', '*'], value: { containers: {} } },
  { path: ['services', '*', 'containers'], value: {} },
  { path: ['services', '*', 'containers', '*'], value: { source: '.' } },
  { path: ['services', '*', 'containers', '*', 'source'], value: '.' },
];

/** Leaving a refused `image` out leaves a container with nothing, which the schema refuses in its turn. */
const ROUNDS = 2;

/** Parses a value, and what can be saved of it when the schema refuses parts. */
export function parseLeniently(input: unknown, rounds = ROUNDS): LenientResult {
  const { data, error } = Stack.safeParse(input);
  if (data !== undefined) return { stack: data, issues: [], replaced: [] };
  const { issues } = error;
  const paths = issues.flatMap(pathsOf);
  if (rounds === 0 || paths.some((path) => path.length === 0))
    return { stack: undefined, issues, replaced: paths };
  const draft = paths.reduce((value, path) => put(value, path, placeholderOf(path)), input);
  const { stack, replaced } = parseLeniently(draft, rounds - 1);
  return { stack, issues, replaced: [...paths, ...replaced] };
}

/** Where to replace: unknown keys one by one, and lists as a whole. */
function pathsOf(issue: z.core.$ZodIssue): Path[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => [...issue.path, key]);
  const index = issue.path.findIndex((key) => typeof key === 'number');
  return [index < 0 ? issue.path : issue.path.slice(0, index)];
}

const placeholderOf = (path: Path): unknown =>
  PLACEHOLDERS.find(
    (one) =>
      one.path.length === path.length && one.path.every((key, index) => key === '*' || key === path[index]),
  )?.value;

/** A copy with another value at a path, or without it; the order of the keys stays. */
function put(target: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value;
  const fields = new Map<PropertyKey, unknown>(Object.entries(target as object));
  const next = put(fields.get(key), rest, value);
  if (next === undefined) fields.delete(key);
  else fields.set(key, next);
  return Object.fromEntries(fields);
}
