/** Changes in words: what must happen to a thing, which fields differ, and why. Pure. */
import { addressOf, type Items, type Name } from './resources.ts';

/** A value that is known only when something else is made; it differs from every known value. */
export interface Later {
  readonly later: string;
}
/** @param of what must be made first, e.g. `natGateway` */
export const later = (of: string): Later => ({ later: of });

export type Value = string | number | boolean | Later;
/** A thing as a flat list of its fields, e.g. `{ 'health.path': '/health', 'tag.Name': 'shop-dev-vpc' }`. */
export type Fields = Readonly<Record<string, Value>>;

/** The fields of a found thing; undefined where the endpoint does not tell, as some emulators do not. */
export type FoundFields = Readonly<Record<string, Value | undefined>>;

export interface FieldChange {
  readonly field: string;
  readonly from: Value | undefined;
  readonly to: Value | undefined;
}

export type Verb = 'create' | 'update' | 'replace' | 'remove' | 'refused';

/** What must happen to one thing. */
export interface Change {
  readonly step: Name;
  readonly key: string;
  readonly verb: Verb;
  readonly fields: readonly FieldChange[];
  readonly reason: string;
  /** Of a refused change: whether the thing is ours, and only cannot become what is wanted. */
  readonly stuck?: boolean;
}

export const changeAddress = ({ step, key }: Pick<Change, 'step' | 'key'>): string => addressOf(step, key);

/** Whether a change concerns a part of a thing: fields that start with one of these; a new thing is concerned wholly. */
export const touches = (change: Change, ...parts: readonly string[]): boolean =>
  change.verb === 'create' ||
  change.verb === 'replace' ||
  change.fields.some(({ field }) => parts.some((part) => field.startsWith(part)));

export interface Comparison<T> {
  readonly step: Name;
  /** What the configuration says, by key. */
  readonly wanted: Items<Fields>;
  /** What AWS holds, by key. */
  readonly found: Items<T>;
  /** What one found thing says to the same fields. */
  readonly fieldsOf: (item: T, key: string) => FoundFields;
  /** Fields that cannot change in place, with what forces that. */
  readonly immutable?: Readonly<Record<string, string>>;
  /** Why a thing that has our name is not ours; undefined when it is. */
  readonly foreign?: (item: T) => string | undefined;
  /** Why a thing, ours though it is, cannot become what is wanted by anything we do; undefined when it can. */
  readonly stuck?: (item: T, key: string) => string | undefined;
}

/**
 * Compares what is wanted with what was found.
 * A found field that is not wanted is ignored: what AWS fills in by itself is not drift.
 */
export function compare<T>(comparison: Comparison<T>): Change[] {
  const { step, wanted, found, fieldsOf, foreign, stuck } = comparison;
  const changes: Change[] = [];
  for (const [key, fields] of wanted) {
    const item = found.get(key);
    if (item === undefined) {
      changes.push({ step, key, verb: 'create', fields: differing(fields, {}), reason: 'it is not there' });
      continue;
    }
    const others = foreign?.(item);
    const why = others ?? stuck?.(item, key);
    const fieldChanges = differing(fields, fieldsOf(item, key));
    if (why !== undefined) {
      changes.push({
        step,
        key,
        verb: 'refused',
        fields: [],
        reason: why,
        stuck: others === undefined || undefined,
      });
    } else if (fieldChanges.length > 0) changes.push(changeOf(comparison, key, fieldChanges));
  }
  // In one order, whatever AWS's is: a plan reads the same every time.
  for (const [key, item] of [...found].sort(([one], [other]) => (one < other ? -1 : 1))) {
    if (wanted.has(key) || foreign?.(item) !== undefined) continue;
    changes.push({ step, key, verb: 'remove', fields: [], reason: 'the configuration does not have it' });
  }
  return changes;
}

function changeOf<T>({ step, immutable = {} }: Comparison<T>, key: string, fields: FieldChange[]): Change {
  const names = fields.map(({ field }) => field);
  const forced = names.find((name) => Object.hasOwn(immutable, name));
  return forced === undefined
    ? {
        step,
        key,
        verb: 'update',
        fields,
        reason: `${names.join(', ')} ${names.length === 1 ? 'differs' : 'differ'}`,
      }
    : { step, key, verb: 'replace', fields, reason: immutable[forced] ?? '' };
}

/** A field that is there and undefined is one that the endpoint does not tell: it cannot be compared. */
function differing(wanted: Fields, found: FoundFields): FieldChange[] {
  const isTold = (field: string) => !(field in found) || found[field] !== undefined;
  return Object.entries(wanted)
    .filter(([field, to]) => isTold(field) && (typeof to === 'object' || found[field] !== to))
    .map(([field, to]) => ({ field, from: found[field], to }));
}
