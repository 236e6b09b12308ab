/** The schema of the configuration as JSON Schema: a tree of nodes, in which each field has a node. */
import * as z from 'zod';
import type { Path } from './finding.ts';
import { Stack } from './schema.ts';

/** The schema of one value. */
export type SchemaNode = z.core.JSONSchema.JSONSchema;

let stack: SchemaNode | undefined;

/** Returns the schema of a stack. It is made on the first call, since only mistakes need it. */
export const stackNode = (): SchemaNode => (stack ??= z.toJSONSchema(Stack, { io: 'input' }));

/**
 * Returns the schema of the objects that a value may be, if the value may also be something else; otherwise the schema itself.
 */
export const objectNode = (node: SchemaNode | undefined): SchemaNode | undefined =>
  node?.anyOf?.find((option) => typeof option === 'object' && option.type === 'object') ?? node;

/** Returns the schema of the value at a path. */
export const nodeAt = (path: Path): SchemaNode | undefined =>
  path.reduce<SchemaNode | undefined>((node, key) => childOf(node, key), stackNode());

/** Returns the schema of one field, of any value of a record, or of any item of a list. */
export function childOf(node: SchemaNode | undefined, key: PropertyKey): SchemaNode | undefined {
  const { properties = {}, additionalProperties, items } = objectNode(node) ?? {};
  const child =
    typeof key === 'string' && Object.hasOwn(properties, key)
      ? properties[key]
      : (items ?? additionalProperties);
  return typeof child === 'object' && !Array.isArray(child) ? child : undefined;
}

/** Lists the paths of all fields, with `*` for the keys of records. */
export function fieldPaths(
  node: SchemaNode = stackNode(),
  path: readonly string[] = [],
): (readonly string[])[] {
  const { properties = {}, additionalProperties: values } = objectNode(node) ?? {};
  const pathsInRecord = typeof values === 'object' ? fieldPaths(values, [...path, '*']) : [];
  const pathsOfFields = Object.entries(properties).flatMap(([key, field]) => [
    [...path, key],
    ...fieldPaths(field as SchemaNode, [...path, key]),
  ]);
  return [...pathsOfFields, ...pathsInRecord];
}
