/** Generates the tables of configuration.md from the schema of the configuration. */
import * as z from 'zod';
import { objectNode } from '../lib/config/schema-nodes.ts';
import { Stack } from '../lib/config/schema.ts';
import { table } from './table.ts';

type Node = z.core.JSONSchema.JSONSchema;

/**
 * The maximum number of values that a cell lists. More would make the column too wide. The message for an invalid value lists
 * all values.
 */
const MAX_VALUES = 10;

type Row = readonly [field: string, value: string, byDefault: string, meaning: string];

/** Returns one table for each object of the schema, the outermost first. */
export const configurationTables = (): string =>
  sections(z.toJSONSchema(Stack, { io: 'input' }), '').join('\n');

function sections(node: Node, path: string): string[] {
  const { properties = {}, required = [] } = objectNode(node) ?? {};
  const fields = Object.entries(properties).map(([name, field]) => ({ name, field: field as Node }));
  const rows = fields.map(({ name, field }): Row => {
    const byDefault = required.includes(name) ? 'required' : defaultOf(field);
    return [code(name), valueOf(field), byDefault, field.description ?? ''];
  });
  const innerSections = fields.flatMap(({ name, field }) => {
    const fieldPath = path === '' ? name : `${path}.${name}`;
    const entrySchema = field.additionalProperties;
    if (objectNode(field)?.properties) return sections(field, fieldPath);
    if (itemsOf(field)?.properties) return sections(itemsOf(field) ?? {}, `${fieldPath}[]`);
    return typeof entrySchema === 'object' && entrySchema.properties
      ? sections(entrySchema, `${fieldPath}.<name>`)
      : [];
  });
  return [
    `## ${path === '' ? 'The stack' : code(path)}\n\n${table([['field', 'value', 'default', 'meaning'], ...rows])}`,
    ...innerSections,
  ];
}

/** Returns the schema of the items of a list. */
const itemsOf = ({ items }: Node): Node | undefined =>
  typeof items === 'object' && !Array.isArray(items) ? items : undefined;

const code = (text: string): string => `\`${text}\``;

function valueOf({
  const: only,
  enum: choices,
  anyOf,
  type,
  minimum,
  maximum,
  properties,
  additionalProperties: entrySchema,
  items,
}: Node): string {
  if (choices && choices.length > MAX_VALUES) {
    return `one of ${choices.length} from ${String(choices[0])} to ${String(choices.at(-1))}`;
  }
  if (only !== undefined) return code(JSON.stringify(only));
  if (choices) return choices.map((value) => code(String(value))).join(' ');
  if (anyOf) return anyOf.map((option) => valueOf(option)).join(', or ');
  if (type === 'integer' || type === 'number') return `${minimum} to ${maximum}`;
  if (type === 'boolean') return 'true or false';
  if (type === 'array') return itemsOf({ items })?.properties ? 'list, see below' : 'list of strings';
  if (type !== 'object') return 'string';
  if (properties) return 'see below';
  return typeof entrySchema === 'object' && entrySchema.properties ? 'by name, see below' : 'strings by name';
}

/** Returns the default of a field. The default of an object is left out: the table of its fields shows it. */
const defaultOf = ({ default: value, properties }: Node): string =>
  value === undefined || properties ? '' : code(JSON.stringify(value));
