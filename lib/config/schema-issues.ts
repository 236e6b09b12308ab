/** Turns the issues that the schema reports into findings; the fixes come from the ranges and descriptions of the fields. */
import type * as z from 'zod';
import { display, displayAt } from './display.ts';
import type { Path } from './finding.ts';
import { childOf, nodeAt, STACK_NODE, type SchemaNode } from './schema-nodes.ts';
import { unknownKey, unsupportedValueFix, type SchemaFinding } from './unknown-key.ts';

/** Lists the findings for the issues that the schema reports for an input. */
export function schemaFindings(input: unknown, issues: readonly z.core.$ZodIssue[]): SchemaFinding[] {
  const findings = [...issues.flatMap((issue) => schemaFinding(input, issue)), ...droppedKeys(input)];
  // A misspelt key counts as one mistake: the field that was meant is not also reported as missing.
  const meantPaths = findings.flatMap((finding) =>
    finding.meantPath === undefined ? [] : [finding.meantPath],
  );
  return findings.filter(({ path }) => !meantPaths.some((meant) => isSamePath(meant, path)));
}

function schemaFinding(input: unknown, issue: z.core.$ZodIssue): SchemaFinding | SchemaFinding[] {
  const { path } = issue;
  switch (issue.code) {
    case 'custom':
      return { path, fix: issue.message };
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(path, key, valueAt(input, path) as object));
    case 'invalid_key':
      return { path, value: 'unknown key', fix: 'Remove it: names are strings.' };
    default: {
      const node = nodeAt(path);
      const unsupportedFix = unsupportedValueFix(path, valueAt(input, path));
      if (unsupportedFix !== undefined) return { path, fix: unsupportedFix };
      return { path, fix: `Use ${expectedText(node)}: ${node?.description ?? 'a stack'}.` };
    }
  }
}

/** Finds keys called `__proto__`: the schema library silently drops them from records. */
function droppedKeys(
  value: unknown,
  node: SchemaNode | undefined = STACK_NODE,
  path: Path = [],
): SchemaFinding[] {
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

function expectedText(node: SchemaNode | undefined): string {
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
export function foundText(input: unknown, path: Path): string {
  const value = valueAt(input, path);
  const { default: defaultValue } = nodeAt(path) ?? {};
  return value === undefined && defaultValue !== undefined
    ? `missing, so ${display(defaultValue)}`
    : displayAt(path, value);
}

const valueAt = (input: unknown, path: Path): unknown =>
  path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], input);

/** Whether `path` is equal to `outer`, or below `outer`. */
export const containsPath = (outer: Path, path: Path): boolean =>
  outer.every((key, index) => path[index] === key);

const isSamePath = (one: Path, other: Path): boolean =>
  one.length === other.length && containsPath(one, other);
