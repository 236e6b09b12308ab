/** Turns the issues of the schema into findings; the fixes come from the ranges and descriptions of the fields. */
import { closest, distance } from 'fastest-levenshtein';
import * as z from 'zod';
import type { Finding, Path } from './finding.ts';
import { Stack } from './schema.ts';
import { display, displayAt } from './display.ts';

type Node = z.core.JSONSchema.JSONSchema;

const ROOT: Node = z.toJSONSchema(Stack, { io: 'input' });

/** A finding from an issue of the schema. */
export interface SchemaFinding extends Finding {
  /** The field that an unknown key was probably meant to be. */
  readonly meant?: Path;
}

/** Lists the findings for the issues that the schema has with an input. */
export function schemaFindings(input: unknown, issues: readonly z.core.$ZodIssue[]): SchemaFinding[] {
  const findings = [...issues.flatMap((issue) => schemaFinding(input, issue)), ...droppedKeys(input)];
  // A misspelt key counts as one mistake: the missing field is not reported as well.
  const meant = findings.flatMap((finding) => (finding.meant === undefined ? [] : [finding.meant]));
  return findings.filter(({ path }) => !meant.some((other) => isSamePath(other, path)));
}

function schemaFinding(input: unknown, issue: z.core.$ZodIssue): SchemaFinding | SchemaFinding[] {
  const { path } = issue;
  switch (issue.code) {
    case 'custom':
      return { path, fix: issue.message };
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(path, key, valueAt(input, path)));
    case 'invalid_key':
      return { path, value: 'unknown key', fix: 'Remove it: names are strings.' };
    default: {
      const node = nodeAt(path);
      return { path, fix: `Use ${expected(node)}: ${node?.description ?? 'a stack'}.` };
    }
  }
}

function unknownKey(path: Path, key: string, parent: unknown): SchemaFinding {
  const known = Object.keys(nodeAt(path)?.properties ?? {});
  const near = nearest(
    key,
    known.filter((name) => !(name in (parent as object))),
  );
  const unknown = { path: [...path, key], value: 'unknown key' };
  return near === undefined
    ? { ...unknown, fix: `Remove it. The known keys are: ${known.join(', ')}.` }
    : { ...unknown, fix: `Did you mean ${near}?`, meant: [...path, near] };
}

/** Returns the name that a user who typed `key` probably meant: one that begins with `key` or differs in a few letters. */
function nearest(key: string, names: readonly string[]): string | undefined {
  const typed = key.slice(0, 40).toLowerCase();
  const completed = names.find((name) => typed.length >= 3 && name.toLowerCase().startsWith(typed));
  if (completed !== undefined || names.length === 0) return completed;
  const name = closest(typed, names);
  return distance(typed, name.toLowerCase()) <= Math.max(1, Math.floor(name.length / 2)) ? name : undefined;
}

/** Finds keys called `__proto__`: the schema library silently drops them from records. */
function droppedKeys(value: unknown, node: Node | undefined = ROOT, path: Path = []): SchemaFinding[] {
  if (typeof value !== 'object' || value === null || node?.type !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '__proto__' && node.properties === undefined
      ? {
          path: [...path, key],
          value: 'unknown key',
          fix: 'Remove it: JavaScript reserves this name.',
        }
      : droppedKeys(inner, childOf(node, key), [...path, key]),
  );
}

/** Returns the schema of the value at a path. */
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

function expected(node: Node | undefined): string {
  if (node?.enum !== undefined) return `one of ${node.enum.map(display).join(', ')}`;
  switch (node?.type) {
    case 'integer':
      return `a whole number from ${node.minimum} to ${node.maximum}`;
    case 'string':
      return 'a string';
    case 'boolean':
      return 'true or false';
    case 'array':
      return 'a list of strings';
    default:
      return 'an object';
  }
}

/** Formats the user's value at a path. For a missing value, formats the default. */
export function foundAt(input: unknown, path: Path): string {
  const value = valueAt(input, path);
  const { default: defaultValue } = nodeAt(path) ?? {};
  return value === undefined && defaultValue !== undefined
    ? `missing, so ${display(defaultValue)}`
    : displayAt(path, value);
}

const valueAt = (input: unknown, path: Path): unknown =>
  path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], input);

/** Whether `path` is equal to `outer`, or below it. */
export const isPathWithin = (outer: Path, path: Path): boolean =>
  outer.every((key, index) => path[index] === key);

const isSamePath = (one: Path, other: Path): boolean =>
  one.length === other.length && isPathWithin(one, other);
