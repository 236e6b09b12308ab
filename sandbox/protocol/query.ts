/** Parses the form bodies of the query protocols, such as `A.B.1=x`: the inverse of the SDK's serializer. */
import type { Shape } from './schemas.ts';
import { refusal } from './refusal.ts';
import { parseSimpleValue } from './simple-values.ts';

/** A form as a tree: `Filter.1.Name=x` is `Filter → 1 → Name → x`. Maps are used because a name may be `__proto__`. */
type Tree = Map<string, Tree | string>;
/** The maximum depth of nesting. No input of an AWS operation exceeds it. */
const MAX_DEPTH = 20;

/** The two dialects. `ec2` flattens every list and capitalises names. `query` uses `List.member.N`. */
export type Dialect = 'ec2' | 'query';

/**
 * Parses a form as the input of an operation.
 * @throws UnknownParameter for a name that the shape does not have
 */
export function readQuery(shape: Shape, form: URLSearchParams, dialect: Dialect): object {
  const tree: Tree = new Map();
  for (const [key, value] of form) {
    if (key === 'Action' || key === 'Version') continue;
    const path = key.split('.', MAX_DEPTH + 1);
    if (path.length > MAX_DEPTH) throw malformed('A parameter is nested too deeply');
    insert(tree, path, value);
  }
  return shape.isUnitSchema() ? {} : (read(shape, tree, dialect, '') as object);
}

function insert(tree: Tree, [head = '', ...rest]: string[], value: string): void {
  if (rest.length === 0) {
    tree.set(head, value);
    return;
  }
  const existing = tree.get(head);
  const branch = typeof existing === 'object' ? existing : new Map<string, Tree | string>();
  tree.set(head, branch);
  insert(branch, rest, value);
}

function read(shape: Shape, node: Tree | string, dialect: Dialect, prefix: string): unknown {
  if (shape.isStructSchema()) return readStructure(shape, asTree(node, prefix), dialect, prefix);
  if (shape.isListSchema()) return readList(shape, node, dialect, prefix);
  if (shape.isMapSchema()) return readMap(shape, asTree(node, prefix), dialect, prefix);
  return readSimple(shape, asString(node, prefix), dialect, prefix);
}

function readStructure(shape: Shape, tree: Tree, dialect: Dialect, prefix: string): object {
  const membersByKey = new Map<string, [string, Shape]>();
  for (const [name, member] of shape.structIterator())
    membersByKey.set(wireName(name, member, dialect), [name, member]);
  const structure: Record<string, unknown> = {};
  for (const [key, node] of tree) {
    const member = membersByKey.get(key);
    if (!member) throw refusal('UnknownParameter', `The parameter ${prefix}${key} is not recognized`);
    structure[member[0]] = read(member[1], node, dialect, `${prefix}${key}.`);
  }
  return structure;
}

function wireName(name: string, member: Shape, dialect: Dialect): string {
  const traits = member.getMergedTraits() as { xmlName?: string; ec2QueryName?: string };
  if (dialect === 'query') return traits.xmlName ?? name;
  if (traits.ec2QueryName) return traits.ec2QueryName;
  const key = traits.xmlName ?? name;
  return key.charAt(0).toUpperCase() + key.slice(1);
}

function readList(shape: Shape, node: Tree | string, dialect: Dialect, prefix: string): unknown[] {
  if (node === '') return [];
  const itemShape = shape.getValueSchema();
  const flat = dialect === 'ec2' || Boolean(shape.getMergedTraits().xmlFlattened);
  let items = asTree(node, prefix);
  if (!flat) items = asTree([...items.values()][0] ?? new Map(), prefix);
  return [...items]
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([index, item]) => read(itemShape, item, dialect, `${prefix}${index}.`));
}

function readMap(shape: Shape, tree: Tree, dialect: Dialect, prefix: string): object {
  const entries = shape.getMergedTraits().xmlFlattened
    ? tree
    : asTree(tree.get('entry') ?? new Map(), prefix);
  return Object.fromEntries(
    [...entries.values()].map((entry) => {
      const pair = asTree(entry, prefix);
      const key = asString(pair.get('key') ?? pair.get('Name') ?? '', prefix);
      const value = pair.get('value') ?? pair.get('Value') ?? '';
      return [key, read(shape.getValueSchema(), value, dialect, prefix)];
    }),
  );
}

function readSimple(shape: Shape, text: string, dialect: Dialect, prefix: string): unknown {
  const value = parseSimpleValue(shape, text);
  if (value !== undefined) return value;
  const name = prefix.slice(0, -1);
  throw dialect === 'ec2'
    ? refusal('InvalidParameterValue', `Value (${text}) for parameter ${name} is invalid.`)
    : refusal('MalformedInput', `The value of ${name} cannot be read: ${text}`);
}

const malformed = (message: string) => refusal('MalformedQueryString', message);

function asTree(node: Tree | string, prefix: string): Tree {
  if (typeof node === 'object') return node;
  throw malformed(`The parameter ${prefix.slice(0, -1)} must be a structure`);
}

function asString(node: Tree | string, prefix: string): string {
  if (typeof node === 'string') return node;
  throw malformed(`The parameter ${prefix.slice(0, -1)} must be a plain value`);
}
