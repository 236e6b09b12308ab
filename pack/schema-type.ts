/** Writes the TypeScript type of a configuration from its schema, with the documentation of every field. */
import type { SchemaNode } from '../lib/config/schema-nodes.ts';

/**
 * Returns the type of the values that a schema accepts.
 * @param indent the indentation of the line on which the type begins
 * @throws Error if the schema uses a keyword that no type expresses
 */
export function schemaType(node: SchemaNode, indent = ''): string {
  if (node.anyOf) return node.anyOf.map((option) => schemaType(option, indent)).join(' | ');
  const choices = node.enum ?? (node.const === undefined ? undefined : [node.const]);
  if (choices) return choices.map((value) => JSON.stringify(value)).join(' | ');
  switch (node.type) {
    case 'string':
    case 'boolean':
      return node.type;
    case 'integer':
    case 'number':
      return 'number';
    case 'array':
      return `Array<${schemaType(node.items as SchemaNode, indent)}>`;
    case 'object':
      return node.properties
        ? objectType(node, indent)
        : `Record<string, ${schemaType(node.additionalProperties as SchemaNode, indent)}>`;
    default:
      throw new Error(`No type is known for the schema ${JSON.stringify(node)}`);
  }
}

function objectType({ properties = {}, required = [] }: SchemaNode, indent: string): string {
  const inner = `${indent}  `;
  const members = Object.entries(properties).map(([name, property]) => {
    const node = property as SchemaNode;
    const type = schemaType(node, inner);
    const member = required.includes(name) ? `${name}: ${type};` : `${name}?: ${type} | undefined;`;
    return `${inner}/** ${documentation(node)} */\n${inner}${member}`;
  });
  return `{\n${members.join('\n')}\n${indent}}`;
}

/** Returns the description of a field as a sentence, with its limits and its default. */
function documentation({
  description = '',
  minimum,
  maximum,
  default: value,
  properties,
}: SchemaNode): string {
  const sentence = `${description.charAt(0).toUpperCase()}${description.slice(1)}.`;
  const limits = minimum === undefined || maximum === undefined ? '' : ` From ${minimum} to ${maximum}.`;
  const byDefault = value === undefined || properties ? '' : ` @default ${JSON.stringify(value)}`;
  return `${sentence}${limits}${byDefault}`.replaceAll('*/', '*\\/');
}
