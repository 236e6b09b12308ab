/** Changes: what must happen to each resource, which fields differ, and why. Pure. */
import type { Noun } from './architecture.ts';
import { addressOf, type Items } from './resources.ts';

/** A value that becomes known only when another resource exists. It differs from every known value. */
export interface KnownLater {
  readonly after: string;
}
/** @param address the resource that must be created first, e.g. `natGateway` */
export const knownAfter = (address: string): KnownLater => ({ after: address });

export type Value = string | number | boolean | KnownLater;

/** A resource as a flat list of fields, e.g. `{ 'health.path': '/health', 'tag.Name': 'shop-dev-vpc' }`. */
export type Fields<F extends string = string> = Readonly<Partial<Record<F, Value>>>;

/** The fields of a resource as it should be; undefined for a field that should not exist. */
export type DesiredFields<F extends string = string> = Readonly<Partial<Record<F, Value | undefined>>>;

/** The fields of a found resource; undefined for a field that the endpoint does not report, as with some emulators. */
export type ObservedFields<F extends string = string> = DesiredFields<F>;

export interface FieldChange<F extends string = string> {
  readonly field: F;
  readonly from: Value | undefined;
  readonly to: Value | undefined;
}

export type Verb = 'create' | 'update' | 'replace' | 'remove' | 'refused';

/** The field of a service's change that says which commands run before its new tasks start. */
export const RELEASE_FIELD = 'release';

/** A planned change of one resource. */
export interface Change<F extends string = string> {
  readonly noun: Noun;
  readonly key: string;
  readonly verb: Verb;
  readonly fields: readonly FieldChange<F>[];
  readonly reason: string;
  /** For a refused change: the resource is ours, but can be neither updated nor replaced. */
  readonly cannotUpdate?: boolean;
  /** For a replacement under another key: the key of the old resource, which is removed afterwards. */
  readonly replaces?: string;
}

export const changeAddress = ({ noun, key }: Pick<Change, 'noun' | 'key'>): string => addressOf(noun, key);

/** A field, or a group of fields by its prefix: `attribute.` for `attribute.idle_timeout`. */
export type FieldOrGroup<F extends string> = F extends `${infer Group}.${string}` ? F | `${Group}.` : F;

/** Whether a change affects any of these fields or groups of fields. A new resource is affected as a whole. */
export const touches = <F extends string>(
  change: Change<F>,
  ...parts: readonly FieldOrGroup<NoInfer<F>>[]
): boolean =>
  change.verb === 'create' ||
  change.verb === 'replace' ||
  change.fields.some(({ field }) =>
    parts.some((part) => (part.endsWith('.') ? field.startsWith(part) : field === part)),
  );

/** The resource that replaces another one. */
export interface Replacement {
  readonly key: string;
  /** Why the old resource cannot be updated. */
  readonly reason: string;
}

export interface Comparison<T, F extends string = string> {
  readonly noun: Noun;
  /** The desired fields of each resource, under its key. */
  readonly desired: Items<DesiredFields<F>>;
  /** The found resources, under their keys. */
  readonly found: Items<T>;
  /** Returns the fields of a found resource, under the same names as the desired fields. */
  readonly fieldsOf: (item: T, key: string) => ObservedFields<F>;
  /** Fields that cannot be changed in place, with the reason. */
  readonly immutable?: Readonly<Partial<Record<F, string>>>;
  /** For a found resource whose key is no longer desired: returns the desired resource that replaces it, if there is one. */
  readonly replacedBy?: (item: T, key: string) => Replacement | undefined;
  /** Returns why a resource with our name is foreign; undefined for our own resource. */
  readonly whyForeign?: (item: T, key: string) => string | undefined;
  /** Returns why our resource can be neither updated nor replaced; undefined if one of the two is possible. */
  readonly whyUnchangeable?: (item: T, key: string) => string | undefined;
}

/**
 * Compares desired with found resources, and returns the changes.
 * A found field that is not desired is ignored: a default that AWS fills in is not drift.
 */
export function compare<T, F extends string>(comparison: Comparison<T, F>): Change<F>[] {
  const { noun, desired, found, fieldsOf, whyForeign, whyUnchangeable } = comparison;
  const replacements = replacementsByKey(comparison);
  const changes: Change<F>[] = [];
  for (const [key, fields] of desired) {
    const item = found.get(key);
    if (item === undefined) {
      const creation = {
        noun,
        key,
        verb: 'create',
        fields: differencesBetween(fields, {} as ObservedFields<F>),
        reason: 'it does not exist',
      };
      changes.push(replacements.get(key) ?? (creation as Change<F>));
      continue;
    }
    const foreignReason = whyForeign?.(item, key);
    const refusal = foreignReason ?? whyUnchangeable?.(item, key);
    const fieldChanges = differencesBetween(fields, fieldsOf(item, key));
    if (refusal !== undefined) {
      changes.push({
        noun,
        key,
        verb: 'refused',
        fields: [],
        reason: refusal,
        cannotUpdate: foreignReason === undefined || undefined,
      });
    } else if (fieldChanges.length > 0) changes.push(changeOf(comparison, key, fieldChanges));
  }
  const replaced = new Set([...replacements.values()].map(({ replaces }) => replaces));
  for (const [key] of undesired(comparison)) {
    if (replaced.has(key)) continue;
    changes.push({ noun, key, verb: 'remove', fields: [], reason: 'it is not in the configuration' });
  }
  return changes;
}

/** Our resources that are not desired, sorted by key, so that a plan reads the same every time. */
const undesired = <T, F extends string>({ desired, found, whyForeign }: Comparison<T, F>): [string, T][] =>
  [...found]
    .filter(([key, item]) => !desired.has(key) && whyForeign?.(item, key) === undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1));

/** The replacements of undesired resources by desired resources that do not exist yet, under the keys of the desired resources. */
function replacementsByKey<T, F extends string>(
  comparison: Comparison<T, F>,
): ReadonlyMap<string, Change<F>> {
  const { noun, desired, found, fieldsOf, replacedBy } = comparison;
  const replacements = new Map<string, Change<F>>();
  if (!replacedBy) return replacements;
  for (const [oldKey, item] of undesired(comparison)) {
    const replacement = replacedBy(item, oldKey);
    const fields = replacement && desired.get(replacement.key);
    if (!fields || found.has(replacement.key) || replacements.has(replacement.key)) continue;
    const { key, reason } = replacement;
    const changedFields = differencesBetween(fields, fieldsOf(item, key));
    replacements.set(key, { noun, key, verb: 'replace', fields: changedFields, reason, replaces: oldKey });
  }
  return replacements;
}

/** Whether the name of a field, such as "retention days", is a plural, unlike "ingress". */
const isPlural = (field = ''): boolean => /^[a-z ]*[^isu]s$/i.test(field);

function changeOf<T, F extends string>(
  { noun, immutable }: Comparison<T, F>,
  key: string,
  fields: FieldChange<F>[],
): Change<F> {
  const names = fields.map(({ field }) => field);
  const immutableField = names.find((name) => immutable && Object.hasOwn(immutable, name));
  return immutableField === undefined
    ? {
        noun,
        key,
        verb: 'update',
        fields,
        reason: `${names.join(', ')} ${names.length === 1 && !isPlural(names[0]) ? 'differs' : 'differ'}`,
      }
    : { noun, key, verb: 'replace', fields, reason: immutable?.[immutableField] ?? '' };
}

/** The fields that differ. An observed field that is present but undefined is not compared: the endpoint does not report it. */
function differencesBetween<F extends string>(
  desired: DesiredFields<F>,
  observed: ObservedFields<F>,
): FieldChange<F>[] {
  const isComparable = (field: F) => !(field in observed) || observed[field] !== undefined;
  return (Object.entries(desired) as [F, Value | undefined][])
    .filter(([field, to]) => isComparable(field) && (typeof to === 'object' || observed[field] !== to))
    .map(([field, to]) => ({ field, from: observed[field], to }));
}
