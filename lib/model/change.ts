/** Changes in words: what must happen to a thing, which fields differ, and why. Pure. */
import { addressOf, type Items, type Noun } from './resources.ts';

/** A value that is known only when something else is made; it differs from every known value. */
export interface KnownLater {
  readonly after: string;
}
/** @param of what must be made first, e.g. `natGateway` */
export const knownAfter = (of: string): KnownLater => ({ after: of });

export type Value = string | number | boolean | KnownLater;
/** A thing as a flat list of its fields, e.g. `{ 'health.path': '/health', 'tag.Name': 'shop-dev-vpc' }`. */
export type Fields = Readonly<Record<string, Value>>;

/** The fields of a thing as it should be; undefined where there should be none. */
export type DesiredFields = Readonly<Record<string, Value | undefined>>;

/** The fields of a found thing; undefined where the endpoint does not tell, as some emulators do not. */
export type ObservedFields = Readonly<Record<string, Value | undefined>>;

export interface FieldChange {
  readonly field: string;
  readonly from: Value | undefined;
  readonly to: Value | undefined;
}

export type Verb = 'create' | 'update' | 'replace' | 'remove' | 'refused';

/** What must happen to one thing. */
export interface Change {
  readonly noun: Noun;
  readonly key: string;
  readonly verb: Verb;
  readonly fields: readonly FieldChange[];
  readonly reason: string;
  /** Of a refused change: whether the thing is ours, and only cannot become what is wanted. */
  readonly cannotUpdate?: boolean;
  /** Of a replacement: the key of the thing whose place the new one takes, and which goes when that is done. */
  readonly replaces?: string;
}

export const changeAddress = ({ noun: step, key }: Pick<Change, 'noun' | 'key'>): string =>
  addressOf(step, key);

/** Whether a change concerns a part of a thing: fields that start with one of these; a new thing is concerned wholly. */
export const touches = (change: Change, ...parts: readonly string[]): boolean =>
  change.verb === 'create' ||
  change.verb === 'replace' ||
  change.fields.some(({ field }) => parts.some((part) => field.startsWith(part)));

/** What takes the place of a thing. */
export interface Replacement {
  readonly key: string;
  /** Why the thing itself cannot become it. */
  readonly reason: string;
}

export interface Comparison<T> {
  readonly noun: Noun;
  /** What the configuration says, by key. */
  readonly desired: Items<DesiredFields>;
  /** What AWS holds, by key. */
  readonly found: Items<T>;
  /** What one found thing says to the same fields. */
  readonly fieldsOf: (item: T, key: string) => ObservedFields;
  /** Fields that cannot change in place, with what forces that. */
  readonly immutable?: Readonly<Record<string, string>>;
  /** The key of the wanted thing that takes the place of one that is not wanted as it is, with the reason. */
  readonly replacedBy?: (item: T, key: string) => Replacement | undefined;
  /** Why a thing that has our name is not ours; undefined when it is. */
  readonly foreign?: (item: T) => string | undefined;
  /** Why a thing, ours though it is, cannot become what is wanted by anything we do; undefined when it can. */
  readonly cannotUpdate?: (item: T, key: string) => string | undefined;
}

/**
 * Compares what is wanted with what was found.
 * A found field that is not wanted is ignored: what AWS fills in by itself is not drift.
 */
export function compare<T>(comparison: Comparison<T>): Change[] {
  const { noun: step, desired: wanted, found, fieldsOf, foreign, cannotUpdate: stuck } = comparison;
  const replaced = replacementsByKey(comparison);
  const changes: Change[] = [];
  for (const [key, fields] of wanted) {
    const item = found.get(key);
    if (item === undefined) {
      changes.push(
        replaced.get(key) ?? {
          noun: step,
          key,
          verb: 'create',
          fields: differing(fields, {}),
          reason: 'it is not there',
        },
      );
      continue;
    }
    const others = foreign?.(item);
    const why = others ?? stuck?.(item, key);
    const fieldChanges = differing(fields, fieldsOf(item, key));
    if (why !== undefined) {
      changes.push({
        noun: step,
        key,
        verb: 'refused',
        fields: [],
        reason: why,
        cannotUpdate: others === undefined || undefined,
      });
    } else if (fieldChanges.length > 0) changes.push(changeOf(comparison, key, fieldChanges));
  }
  const leaving = new Set([...replaced.values()].map(({ replaces }) => replaces));
  for (const [key] of unwanted(comparison)) {
    if (leaving.has(key)) continue;
    changes.push({
      noun: step,
      key,
      verb: 'remove',
      fields: [],
      reason: 'the configuration does not have it',
    });
  }
  return changes;
}

/** What is ours and not wanted, in one order, whatever AWS's is: a plan reads the same every time. */
const unwanted = <T>({ desired: wanted, found, foreign }: Comparison<T>): [string, T][] =>
  [...found]
    .filter(([key, item]) => !wanted.has(key) && foreign?.(item) === undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1));

/** Wanted things that are missing and take the place of others, by their key. */
function replacementsByKey<T>(comparison: Comparison<T>): ReadonlyMap<string, Change> {
  const { noun: step, desired: wanted, found, fieldsOf, replacedBy: heir } = comparison;
  const replaced = new Map<string, Change>();
  if (!heir) return replaced;
  for (const [replaces, item] of unwanted(comparison)) {
    const inherits = heir(item, replaces);
    const fields = inherits && wanted.get(inherits.key);
    if (!fields || found.has(inherits.key) || replaced.has(inherits.key)) continue;
    const { key, reason } = inherits;
    const changed = differing(fields, fieldsOf(item, key));
    replaced.set(key, { noun: step, key, verb: 'replace', fields: changed, reason, replaces });
  }
  return replaced;
}

function changeOf<T>(
  { noun: step, immutable = {} }: Comparison<T>,
  key: string,
  fields: FieldChange[],
): Change {
  const names = fields.map(({ field }) => field);
  const forced = names.find((name) => Object.hasOwn(immutable, name));
  return forced === undefined
    ? {
        noun: step,
        key,
        verb: 'update',
        fields,
        reason: `${names.join(', ')} ${names.length === 1 ? 'differs' : 'differ'}`,
      }
    : { noun: step, key, verb: 'replace', fields, reason: immutable[forced] ?? '' };
}

/** A field that is there and undefined is one that the endpoint does not tell: it cannot be compared. */
function differing(wanted: DesiredFields, found: ObservedFields): FieldChange[] {
  const isTold = (field: string) => !(field in found) || found[field] !== undefined;
  return Object.entries(wanted)
    .filter(([field, to]) => isTold(field) && (typeof to === 'object' || found[field] !== to))
    .map(([field, to]) => ({ field, from: found[field], to }));
}
