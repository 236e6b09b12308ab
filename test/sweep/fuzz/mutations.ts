/** For fuzzing: random values, and random edits of values and bytes. fast-check can shrink all of them. */
import fc from 'fast-check';
import { afterAll } from '@jest/globals';
import { reportLine } from '../report.ts';

/** The number of inputs per test: 200, or the value of FUZZ. */
export const RUNS = Number(process.env['FUZZ'] ?? 200);
/** The number of inputs per test if each needs a compiler, a process or a run. */
export const FEW_RUNS = process.env['FUZZ'] ? Math.ceil(RUNS / 10) : 20;

/** Reports how many inputs of a kind the tests of a file have tried. */
export function reportCount(what: string, count: number): void {
  const start = performance.now();
  afterAll(() => reportLine({ sweep: 'fuzz', what, count, ms: performance.now() - start }));
}

/** Names that are special in JavaScript, and strings that are special elsewhere. */
const ODD_NAMES = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'then',
  'toJSON',
  '',
  ' ',
  '0',
  '-',
];
const ODD_STRINGS = [
  ...ODD_NAMES,
  '\u0000',
  '\ud800',
  '\u202e',
  '\ufeff',
  '😀'.repeat(50),
  'x'.repeat(10_000),
  'a\nb',
  '\u001b[31m',
  '${HOME}',
  '../../../etc/passwd',
  'vpc-*',
  "'; DROP TABLE",
  '%s%n',
];
const ODD_NUMBERS = [
  0,
  -0,
  -1,
  0.5,
  2 ** 31,
  2 ** 53,
  Number.MAX_VALUE,
  Number.MIN_VALUE,
  Infinity,
  -Infinity,
  NaN,
];

const oddString = fc.oneof(fc.constantFrom(...ODD_STRINGS), fc.string({ unit: 'binary', maxLength: 20 }));

/** Any JSON value, often an absurd one. */
export const arbitraryJson: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, [], {}, [[]], { a: {} }),
  fc.constantFrom(...ODD_NUMBERS.filter(Number.isFinite)),
  oddString,
  fc.jsonValue({ maxDepth: 4 }),
);

/** A value nested so deeply that a naive recursion overflows the stack. */
const deeplyNested = (depth: number): unknown => {
  let value: unknown = null;
  for (let n = 0; n < depth; n += 1) value = n % 2 ? [value] : { a: value };
  return value;
};

const circular = (): unknown => {
  const value: Record<string, unknown> = {};
  value['self'] = value;
  return value;
};

/** Any value that a program can export as a configuration. */
export const arbitraryValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: arbitraryJson },
  { weight: 2, arbitrary: fc.constantFrom<unknown>(...ODD_NUMBERS, undefined, 10n) },
  {
    weight: 2,
    arbitrary: fc.anything({
      key: fc.oneof(fc.constantFrom(...ODD_NAMES), fc.string()),
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withNullPrototype: true,
      withObjectString: true,
      withSparseArray: true,
      withTypedArray: true,
      maxDepth: 4,
    }),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom<() => unknown>(
        () => () => 5,
        () => class {},
        () => Symbol('odd'),
        () => new Date(NaN),
        () => /x/,
        () => new Error('odd'),
        () => Promise.resolve(5),
        () => new Map([['a', 1]]),
        () => new Proxy({}, {}),
        () => Object.create({ inherited: 1 }) as unknown,
        () => Object.freeze({ a: 1 }),
        () => new Array<unknown>(1e6),
        () => deeplyNested(20_000),
        circular,
      )
      .map((make) => make()),
  },
);

/** One edit of a value. `placeNumber` selects one of the places in the value. */
export interface ValueEdit {
  readonly placeNumber: number;
  readonly what: 'replace' | 'remove' | 'add' | 'rename' | 'wrap' | 'move';
  readonly name: string;
  readonly value: unknown;
}

/** Returns arbitrary lists of edits. @param value generates the values to insert */
export const arbitraryEdits = (value: fc.Arbitrary<unknown>): fc.Arbitrary<ValueEdit[]> =>
  fc.array(
    fc.record<ValueEdit>({
      placeNumber: fc.nat(1000),
      what: fc.constantFrom('replace', 'replace', 'replace', 'remove', 'add', 'rename', 'wrap', 'move'),
      name: fc.oneof(fc.constantFrom(...ODD_NAMES), oddString),
      value,
    }),
    { minLength: 1, maxLength: 4 },
  );

type Holder = Record<string, unknown>;
/** Whether a value can be edited: whether it is an array or a plain object, of any realm. */
export const isEditable = (value: unknown): value is Holder => {
  if (Array.isArray(value)) return true;
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
};

/** Copies an inserted value, since fast-check may use it again. */
function copy(value: unknown, depth = 0): unknown {
  if (!isEditable(value) || Object.isFrozen(value) || depth > 8) return value;
  if (Array.isArray(value)) return value.map((item) => copy(item, depth + 1));
  const copied: Holder = {};
  for (const key of Object.keys(value)) setProperty(copied, key, copy(value[key], depth + 1));
  return copied;
}

/** Lists every place in a value, as the containing object and the key. */
function placesIn(value: unknown, depth = 0): [Holder, string][] {
  if (!isEditable(value) || depth > 8) return [];
  return Object.keys(value).flatMap((key): [Holder, string][] => [
    [value, key],
    ...placesIn(value[key], depth + 1),
  ]);
}

/** Sets a property, even if it is called `__proto__`. */
const setProperty = (holder: Holder, key: string, value: unknown): unknown =>
  Reflect.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });

/** Returns a value with edits applied. @param original a JSON value, which is not modified */
export function applyEdits(original: unknown, edits: readonly ValueEdit[]): unknown {
  const root: Holder = { value: structuredClone(original) };
  for (const { placeNumber, what, name, value: given } of edits) {
    const value = copy(given);
    const allPlaces = placesIn(root);
    const [holder, key] = allPlaces[placeNumber % allPlaces.length] ?? [root, 'value'];
    const old = holder[key];
    if (what === 'replace') setProperty(holder, key, value);
    if (what === 'remove') Reflect.deleteProperty(holder, key);
    if (what === 'add' && isEditable(old)) setProperty(old, name, value);
    if (what === 'wrap') setProperty(holder, key, [old]);
    if (what === 'rename' && Reflect.deleteProperty(holder, key)) setProperty(holder, name, old);
    if (what === 'move') {
      const [otherHolder, otherKey] = allPlaces[(placeNumber * 7 + 3) % allPlaces.length] ?? [root, 'value'];
      setProperty(holder, key, copy(otherHolder[otherKey]));
    }
  }
  return root['value'];
}

/** One edit of bytes. `position` is a fraction of the number of bytes. */
export interface ByteEdit {
  readonly position: number;
  readonly length: number;
  readonly what: 'flip' | 'cut' | 'double' | 'insert' | 'truncate';
  readonly text: string;
}

/** Returns arbitrary lists of byte edits. @param inserts strings to insert, in addition to arbitrary ones */
export const arbitraryByteEdits = (inserts: readonly string[]): fc.Arbitrary<ByteEdit[]> =>
  fc.array(
    fc.record<ByteEdit>({
      position: fc.double({ min: 0, max: 1, noNaN: true }),
      length: fc.integer({ min: 1, max: 40 }),
      what: fc.constantFrom('flip', 'cut', 'double', 'insert', 'truncate'),
      text: fc.oneof(fc.constantFrom(...inserts), oddString),
    }),
    { minLength: 1, maxLength: 3 },
  );

/** Returns bytes with edits applied. */
export function applyByteEdits(original: Uint8Array, edits: readonly ByteEdit[]): Buffer {
  return edits.reduce<Buffer>((bytes, { position, length, what, text }) => {
    const from = Math.floor(position * bytes.length);
    const [before, part, after] = [
      bytes.subarray(0, from),
      bytes.subarray(from, from + length),
      bytes.subarray(from + length),
    ];
    switch (what) {
      case 'flip':
        return Buffer.concat([
          before,
          part.map((byte, index) => (index === 0 ? byte ^ (1 << (length % 8)) : byte)),
          after,
        ]);
      case 'cut':
        return Buffer.concat([before, after]);
      case 'double':
        return Buffer.concat([before, part, part, after]);
      case 'insert':
        return Buffer.concat([before, Buffer.from(text), part, after]);
      case 'truncate':
        return before;
    }
  }, Buffer.from(original));
}
