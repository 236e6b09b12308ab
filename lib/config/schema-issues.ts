/** What the schema refuses, as findings: the fixes come from the fields' own ranges and descriptions. */
import { closest, distance } from 'fastest-levenshtein';
import * as z from 'zod';
import type { Finding, Path } from './finding.ts';
import { Stack } from './schema.ts';
import { display, displayAt } from './display.ts';

type Node = z.core.JSONSchema.JSONSchema;

const ROOT: Node = z.toJSONSchema(Stack, { io: 'input' });

/** A finding of the schema. */
export interface Refusal extends Finding {
  /** The field that an unknown key was probably meant to be. */
  readonly meant?: Path;
}

/** All that the schema refuses. */
export function refusalsOf(input: unknown, issues: readonly z.core.$ZodIssue[]): Refusal[] {
  const refusals = [...issues.flatMap((issue) => refusalOf(input, issue)), ...droppedKeys(input)];
  // A misspelt key is one mistake, and not a missing field as well.
  const meant = refusals.flatMap((refusal) => (refusal.meant === undefined ? [] : [refusal.meant]));
  return refusals.filter(({ path }) => !meant.some((other) => same(other, path)));
}

function refusalOf(input: unknown, issue: z.core.$ZodIssue): Refusal | Refusal[] {
  const { path } = issue;
  switch (issue.code) {
    case 'custom':
      return { path, fix: issue.message };
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(path, key, valueAt(input, path)));
    case 'invalid_key':
      return { path, value: 'unknown key', fix: 'Remove it: names are texts.' };
    default: {
      const node = nodeAt(path);
      return { path, fix: `Give ${wanted(node)}: ${node?.description ?? 'a stack'}.` };
    }
  }
}

function unknownKey(path: Path, key: string, holder: unknown): Refusal {
  const known = Object.keys(nodeAt(path)?.properties ?? {});
  const near = nearest(
    key,
    known.filter((name) => !(name in (holder as object))),
  );
  const unknown = { path: [...path, key], value: 'unknown key' };
  return near === undefined
    ? { ...unknown, fix: `Remove it. Known here: ${known.join(', ')}.` }
    : { ...unknown, fix: `Did you mean ${near}?`, meant: [...path, near] };
}

/** The name that someone who typed `key` probably meant: a few letters off, or the beginning of the name. */
function nearest(key: string, names: readonly string[]): string | undefined {
  const typed = key.slice(0, 40).toLowerCase();
  const begun = names.find((name) => typed.length >= 3 && name.toLowerCase().startsWith(typed));
  if (begun !== undefined || names.length === 0) return begun;
  const name = closest(typed, names);
  return distance(typed, name.toLowerCase()) <= Math.max(1, Math.floor(name.length / 2)) ? name : undefined;
}

/** Keys called `__proto__`: the schema library leaves them out of records without a word. */
function droppedKeys(value: unknown, node: Node | undefined = ROOT, path: Path = []): Refusal[] {
  if (typeof value !== 'object' || value === null || node?.type !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '__proto__' && node.properties === undefined
      ? {
          path: [...path, key],
          value: 'unknown key',
          fix: 'Remove it: JavaScript keeps this name to itself.',
        }
      : droppedKeys(inner, childOf(node, key), [...path, key]),
  );
}

/** What the schema says of the value at a path. */
const nodeAt = (path: Path): Node | undefined =>
  path.reduce<Node | undefined>((node, key) => childOf(node, key), ROOT);

function childOf(node: Node | undefined, key: PropertyKey): Node | undefined {
  const { properties = {}, additionalProperties, items } = node ?? {};
  const child =
    typeof key === 'string' && Object.hasOwn(properties, key)
      ? properties[key]
      : (items ?? additionalProperties);
  return typeof child === 'object' && !Array.isArray(child) ? child : undefined;
}

function wanted(node: Node | undefined): string {
  if (node?.enum !== undefined) return `one of ${node.enum.map(display).join(', ')}`;
  switch (node?.type) {
    case 'integer':
      return `a whole number from ${node.minimum} to ${node.maximum}`;
    case 'string':
      return 'a text';
    case 'boolean':
      return 'true or false';
    case 'array':
      return 'a list of texts';
    default:
      return 'an object';
  }
}

/** What stands at a path of what the user wrote, in words; a default where nothing does. */
export function foundAt(input: unknown, path: Path): string {
  const value = valueAt(input, path);
  const { default: standard } = nodeAt(path) ?? {};
  return value === undefined && standard !== undefined
    ? `missing, so ${display(standard)}`
    : displayAt(path, value);
}

const valueAt = (input: unknown, path: Path): unknown =>
  path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], input);

/** Whether a path is this one or lies in it. */
export const within = (outer: Path, path: Path): boolean => outer.every((key, index) => path[index] === key);

const same = (one: Path, other: Path): boolean => one.length === other.length && within(one, other);
