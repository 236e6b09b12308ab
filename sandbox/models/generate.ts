/** Generates constraints.json: the constraints of AWS's models on the inputs of the operations that the sandbox supports. */
// Usage: npx tsx sandbox/models/generate.ts FOLDER
// FOLDER is a copy of the `data` folder of botocore, in which AWS publishes the models:
// https://github.com/boto/botocore/tree/develop/botocore/data
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { services } from '../services.ts';
import type { ConstraintShape, ServiceConstraints } from './constraints.ts';

/** A shape in a botocore model, with only the members that this script reads. */
interface ModelShape {
  readonly type: string;
  readonly required?: readonly string[];
  readonly members?: Readonly<Record<string, { readonly shape: string }>>;
  readonly member?: { readonly shape: string };
  readonly key?: { readonly shape: string };
  readonly value?: { readonly shape: string };
  readonly enum?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly sensitive?: boolean;
}

interface Model {
  readonly operations: Readonly<Record<string, { readonly input?: { readonly shape: string } }>>;
  readonly shapes: Readonly<Record<string, ModelShape>>;
}

/** Maps the names of services in request signatures to their folders in botocore, where the two differ. */
const FOLDERS: Readonly<Record<string, string>> = {
  elasticloadbalancing: 'elbv2',
  monitoring: 'cloudwatch',
  servicequotas: 'service-quotas',
};

function readModel(dataFolder: string, service: string): Model {
  const folder = join(dataFolder, FOLDERS[service] ?? service);
  const newest = join(folder, readdirSync(folder).sort().at(-1) ?? '');
  const file = readdirSync(newest).find((name) => name.startsWith('service-2.json')) ?? '';
  const bytes = readFileSync(join(newest, file));
  return JSON.parse((file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()) as Model;
}

/** Converts a shape. The result refers to the shapes of its parts by name. */
function convert({ required, members, member, key, value, ...shape }: ModelShape): ConstraintShape {
  const { enum: allowed, min, max, pattern, sensitive } = shape;
  return {
    ...(required?.length && { required }),
    ...(members && {
      members: Object.fromEntries(Object.entries(members).map(([name, { shape }]) => [name, shape])),
    }),
    ...(member && { items: member.shape }),
    ...(key && { keys: key.shape }),
    ...(value && { values: value.shape }),
    ...(allowed && { enum: allowed }),
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    ...(pattern !== undefined && { pattern }),
    ...(sensitive && { sensitive }),
    type: shape.type,
  };
}

const partsOf = ({ members = {}, items, keys, values }: ConstraintShape): string[] =>
  [...Object.values(members), items, keys, values].filter((part) => part !== undefined);

/** Whether a shape itself is constrained, apart from its parts. */
const isConstrained = ({ required, enum: allowed, min, max, pattern }: ConstraintShape): boolean =>
  [required, allowed, min, max, pattern].some((part) => part !== undefined);

/** Returns the shapes that the inputs consist of, without those that constrain nothing. */
function constraintsOf(model: Model, operations: readonly string[]): ServiceConstraints {
  const inputs = Object.fromEntries(
    operations.flatMap((name) => {
      const input = model.operations[name]?.input?.shape;
      return input === undefined ? [] : [[name, input]];
    }),
  );
  const all = new Map<string, ConstraintShape>();
  const collect = (name: string): void => {
    const shape = model.shapes[name];
    if (shape === undefined || all.has(name)) return;
    const converted = convert(shape);
    all.set(name, converted);
    partsOf(converted).forEach(collect);
  };
  Object.values(inputs).forEach(collect);
  const kept = new Set([...all].filter(([, shape]) => isConstrained(shape)).map(([name]) => name));
  // Keeps each shape that has a kept part. The loop ends when a pass adds no shape.
  for (let size = -1; size !== kept.size;) {
    size = kept.size;
    for (const [name, shape] of all) if (partsOf(shape).some((part) => kept.has(part))) kept.add(name);
  }
  const withKeptMembers = ({ members, ...shape }: ConstraintShape): ConstraintShape => ({
    ...shape,
    ...(members && {
      members: Object.fromEntries(Object.entries(members).filter(([, part]) => kept.has(part))),
    }),
  });
  return {
    operations: Object.fromEntries(Object.entries(inputs).filter(([, input]) => kept.has(input))),
    shapes: Object.fromEntries(
      [...kept].sort().map((name) => [name, withKeptMembers(all.get(name) ?? { type: 'structure' })]),
    ),
  };
}

const [dataFolder] = process.argv.slice(2);
if (dataFolder === undefined) throw new Error('The folder of the models is missing');
const table = Object.fromEntries(
  Object.entries(services).map(([name, { operations }]) => [
    name,
    constraintsOf(readModel(dataFolder, name), Object.keys(operations)),
  ]),
);

/** Formats the entries of a record, with one line per entry. */
const formatEntries = (record: object): string =>
  Object.entries(record)
    .map(([name, value]) => `    ${JSON.stringify(name)}: ${JSON.stringify(value)}`)
    .join(',\n');
const sections = Object.entries(table).map(
  ([name, { operations, shapes }]) =>
    `  "${name}": {\n   "operations": {\n${formatEntries(operations)}\n   },\n   "shapes": {\n${formatEntries(shapes)}\n   }\n  }`,
);
writeFileSync(join(import.meta.dirname, 'constraints.json'), `{\n${sections.join(',\n')}\n}\n`);
