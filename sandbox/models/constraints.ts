/** The constraints that AWS's published models put on inputs, and the check of an input against them. */
import table from './constraints.json' with { type: 'json' };

/** A shape of a model. It refers to other shapes by name, and omits shapes that constrain nothing. */
export interface ConstraintShape {
  readonly type: string;
  readonly required?: readonly string[];
  readonly members?: Readonly<Record<string, string>>;
  readonly items?: string;
  readonly keys?: string;
  readonly values?: string;
  readonly enum?: readonly string[];
  /** The minimum of a number, or of the length of a string, list or map. */
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  /** Whether AWS leaves the value out of its messages. */
  readonly sensitive?: boolean;
}

/** The constraints of a service. */
export interface ServiceConstraints {
  /** The name of the input shape of each operation. */
  readonly operations: Readonly<Record<string, string>>;
  readonly shapes: Readonly<Record<string, ConstraintShape>>;
}

/** One value that violates a constraint. */
export interface Violation {
  readonly kind: 'required' | 'enum' | 'min' | 'max' | 'pattern';
  /** The path of the value as AWS spells it, e.g. `tags.1.member.key`. */
  readonly path: string;
  /** The value; undefined when it is missing. */
  readonly value: unknown;
  /** The constraint in AWS's words, e.g. `Member must have length less than or equal to 64`. */
  readonly constraint: string;
  /** Whether messages leave the value out. */
  readonly isSensitive?: boolean;
}

const services: Readonly<Record<string, ServiceConstraints>> = table;

/**
 * Returns the violations of an input.
 * @param service the name that request signatures use for the service
 */
export function violationsOf(service: string, operation: string, input: object): Violation[] {
  const { operations = {}, shapes = {} } = services[service] ?? {};
  const shape = operations[operation];
  return shape === undefined ? [] : check(shapes, shape, input, '');
}

type Shapes = ServiceConstraints['shapes'];

function check(shapes: Shapes, name: string | undefined, value: unknown, path: string): Violation[] {
  const shape = name === undefined ? undefined : shapes[name];
  if (shape === undefined || value === undefined) return [];
  const violations = ownViolations(shape, value, path);
  if (Array.isArray(value)) return [...violations, ...checkItems(shapes, shape.items, value, path)];
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array || value instanceof Date)
    return violations;
  if (shape.type === 'map') return [...violations, ...checkMap(shapes, shape, value, path)];
  const members = value as Readonly<Record<string, unknown>>;
  const pathOf = (member: string) =>
    `${path && `${path}.`}${member.charAt(0).toLowerCase()}${member.slice(1)}`;
  return [
    ...violations,
    ...(shape.required ?? [])
      .filter((member) => members[member] === undefined)
      .map((member): Violation => ({
        kind: 'required',
        path: pathOf(member),
        value: undefined,
        constraint: 'Member must not be null',
      })),
    ...Object.entries(shape.members ?? {}).flatMap(([member, part]) =>
      check(shapes, part, members[member], pathOf(member)),
    ),
  ];
}

/** Checks the items of a list. AWS reports all invalid strings of a list as one violation, which names every constraint. */
function checkItems(
  shapes: Shapes,
  name: string | undefined,
  items: readonly unknown[],
  path: string,
): Violation[] {
  const shape = name === undefined ? undefined : shapes[name];
  if (shape === undefined) return [];
  if (shape.type !== 'string')
    return items.flatMap((item, index) => check(shapes, name, item, `${path}.${index + 1}.member`));
  const [first] = items.flatMap((item) => ownViolations(shape, item, path));
  if (first === undefined) return [];
  const constraint = `Member must satisfy constraint: [${Object.values(wordsOf(shape, 'length')).join(', ')}]`;
  return [{ ...first, value: `[${items.join(', ')}]`, constraint }];
}

const checkMap = (
  shapes: Shapes,
  { keys, values }: ConstraintShape,
  map: object,
  path: string,
): Violation[] =>
  Object.entries(map).flatMap(([key, value]) => [
    ...check(shapes, keys, key, path),
    ...check(shapes, values, value, `${path}.${key}.member`),
  ]);

/** Returns the violations of a value itself, without those of its parts. */
function ownViolations(shape: ConstraintShape, value: unknown, path: string): Violation[] {
  const { min = -Infinity, max = Infinity, pattern, enum: allowed } = shape;
  // A value without a size violates neither `min` nor `max`.
  const size = sizeOf(value) ?? min;
  const isString = typeof value === 'string';
  const violated: Readonly<Record<Exclude<Violation['kind'], 'required'>, boolean>> = {
    min: size < min,
    max: size > max,
    enum: isString && allowed !== undefined && !allowed.includes(value),
    // Skips values that are too long, because matching them could take a long time.
    pattern: isString && pattern !== undefined && size <= max && !regexOf(pattern).test(value),
  };
  const words = wordsOf(shape, typeof value === 'number' ? 'value' : 'length');
  return KINDS.filter((kind) => violated[kind]).map((kind) => ({
    kind,
    path,
    value,
    constraint: words[kind] ?? '',
    ...(shape.sensitive && { isSensitive: true }),
  }));
}

const KINDS = ['min', 'max', 'enum', 'pattern'] as const;

/** Returns the constraints of a shape in AWS's words. */
function wordsOf(
  { min, max, pattern, enum: allowed }: ConstraintShape,
  measure: 'length' | 'value',
): Partial<Record<(typeof KINDS)[number], string>> {
  return {
    ...(min !== undefined && { min: `Member must have ${measure} greater than or equal to ${min}` }),
    ...(max !== undefined && { max: `Member must have ${measure} less than or equal to ${max}` }),
    ...(allowed && { enum: `Member must satisfy enum value set: [${allowed.join(', ')}]` }),
    ...(pattern !== undefined && {
      pattern: `Member must satisfy regular expression pattern: ${pattern}`,
    }),
  };
}

/** Returns the number to which `min` and `max` apply. */
function sizeOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'string' || Array.isArray(value) || value instanceof Uint8Array) return value.length;
  return typeof value === 'object' && value !== null ? Object.keys(value).length : undefined;
}

const regexes = new Map<string, RegExp>();

/** Returns a regular expression for a model's pattern, which is in Java's syntax and must match the whole value. */
function regexOf(pattern: string): RegExp {
  const cached = regexes.get(pattern);
  if (cached) return cached;
  const regex = compile(pattern);
  regexes.set(pattern, regex);
  return regex;
}

/** The printable characters of ASCII, for `\\p{Print}`, which JavaScript lacks. */
const PRINTABLE = '[\\x20-\\x7e]';

function compile(javaPattern: string): RegExp {
  const pattern = javaPattern.replaceAll('\\p{Print}', PRINTABLE);
  for (const flags of ['u', '']) {
    try {
      return new RegExp(`^(?:${pattern})$`, flags);
    } catch {
      // The flag `u` forbids some escapes that Java allows, so the pattern is tried again without it.
    }
  }
  // A pattern that JavaScript cannot compile allows every value.
  return /^/;
}
