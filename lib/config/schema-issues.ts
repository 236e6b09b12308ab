/** Turns the issues that the schema reports into findings; the fixes come from the ranges and descriptions of the fields. */
import type * as z from 'zod';
import { display, displayAt } from './display.ts';
import type { Path } from './finding.ts';
import { childOf, nodeAt, objectNode, stackNode, type SchemaNode } from './schema-nodes.ts';
import { unknownKey, unsupportedValueFix, type SchemaFinding } from './unknown-key.ts';

/** Lists the findings for the issues that the schema reports for an input. */
export function schemaFindings(input: unknown, issues: readonly z.core.$ZodIssue[]): SchemaFinding[] {
  const findings = [
    ...issues.flatMap((issue) => schemaFinding(input, issue)),
    ...(hasDroppedKey(input) ? droppedKeys(input) : []),
  ];
  // A misspelt key counts as one mistake: the field that was meant is not also reported as missing.
  const meantPaths = findings.flatMap((finding) =>
    finding.meantPath === undefined ? [] : [finding.meantPath],
  );
  return findings.filter(({ path }) => !meantPaths.some((meant) => isSamePath(meant, path)));
}

function schemaFinding(input: unknown, issue: z.core.$ZodIssue): SchemaFinding | SchemaFinding[] {
  const { path } = issue;
  const value = valueAt(input, path);
  if (Array.isArray(value) && value.length === 0 && mayBeList(nodeAt(path)))
    return { path, value: 'an empty list', fix: emptyListFix(path) };
  switch (issue.code) {
    case 'custom':
      return { path, fix: issue.message };
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(path, key, valueAt(input, path) as object));
    case 'invalid_union':
      return unionFindings(input, issue);
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

const mayBeList = (node: SchemaNode | undefined): boolean =>
  node?.type === 'array' ||
  (node?.anyOf ?? []).some((option) => typeof option === 'object' && option.type === 'array');

/** Returns the fix for an empty list. An optional field can also be left out. */
function emptyListFix(path: Path): string {
  const isRequired = objectNode(nodeAt(path.slice(0, -1)))?.required?.includes(String(path.at(-1)));
  return `${isRequired ? 'Add an entry' : 'Add an entry, or leave the field out'}: ${nodeAt(path)?.description ?? 'a list'}.`;
}

/**
 * Lists the findings for a value that may be of several kinds. For a value of one of these kinds, they are the mistakes inside
 * of it.
 */
function unionFindings(input: unknown, { path, errors }: z.core.$ZodIssueInvalidUnion): SchemaFinding[] {
  const inner = errors.find((issues) => issues.every((issue) => issue.path.length > 0 || isKeyIssue(issue)));
  if (inner !== undefined)
    return inner.flatMap((issue) => schemaFinding(input, { ...issue, path: [...path, ...issue.path] }));
  const node = nodeAt(path);
  return [{ path, fix: `Use ${expectedText(node)}: ${node?.description ?? ''}.` }];
}

const isKeyIssue = ({ code }: z.core.$ZodIssue): boolean => code === 'unrecognized_keys';

/** Whether a value has a key called `__proto__` at any depth. */
const hasDroppedKey = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (Object.hasOwn(value, '__proto__') || Object.values(value).some(hasDroppedKey));

/** Finds keys called `__proto__`: the schema library silently drops them from records. */
function droppedKeys(
  value: unknown,
  node: SchemaNode | undefined = stackNode(),
  path: Path = [],
): SchemaFinding[] {
  if (Array.isArray(value))
    return value.flatMap((item, index) => {
      const itemNode = childOf(node, index);
      return itemNode === undefined ? [] : droppedKeys(item, itemNode, [...path, index]);
    });
  const schema = objectNode(node);
  if (typeof value !== 'object' || value === null || schema?.type !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '__proto__' && schema.properties === undefined
      ? {
          path: [...path, key],
          value: 'unknown key',
          fix: 'Remove it: JavaScript reserves this name.',
        }
      : droppedKeys(inner, childOf(schema, key), [...path, key]),
  );
}

function expectedText(node: SchemaNode | undefined): string {
  const options = node?.anyOf?.filter((option) => typeof option === 'object');
  if (options !== undefined) return options.map(expectedText).join(', or ');
  if (node?.const !== undefined) return display(node.const);
  if (node?.enum !== undefined) return `one of ${node.enum.map(display).join(', ')}`;
  switch (node?.type) {
    case 'integer':
      return `a whole number from ${node.minimum} to ${node.maximum}`;
    case 'number':
      return `a number from ${node.minimum} to ${node.maximum}, with at most one decimal`;
    case 'string':
      return 'a string';
    case 'boolean':
      return 'true or false';
    case 'array':
      return typeof node.items === 'object' && 'properties' in node.items
        ? 'a list of objects'
        : 'a list of strings';
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

/** Whether the user wrote a value at a path. */
export const isWritten = (input: unknown, path: Path): boolean => valueAt(input, path) !== undefined;

const valueAt = (input: unknown, path: Path): unknown =>
  path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], input);

/** Whether `path` is equal to `outer`, or below `outer`. */
export const containsPath = (outer: Path, path: Path): boolean =>
  outer.every((key, index) => path[index] === key);

const isSamePath = (one: Path, other: Path): boolean =>
  one.length === other.length && containsPath(one, other);
