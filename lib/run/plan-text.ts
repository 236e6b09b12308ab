/** Formats plans for people and for scripts. Pure. */
import {
  changeAddress,
  RELEASE_FIELD,
  type Change,
  type FieldChange,
  type Value,
  type Verb,
} from '../model/change.ts';
import type { PlanCounts, PlannedChanges, PlannedValue } from './results.ts';

/** Formats a value. If it is not known yet, the text names the step after which it is known. */
export function valueText(value: Value | undefined): string {
  if (value === undefined) return '(none)';
  if (typeof value === 'object') return `(known after ${value.after})`;
  return value === '' ? '(empty)' : String(value);
}

/** Whether a field is an environment variable or a command, which may be secret: a plan shows that it differs, but not its values. */
export const mayBeSecret = (field: string): boolean => /\.environment\.|\.command$/.test(field);

/** Formats the change of a field as one line. */
export function fieldText({ field, from, to }: FieldChange, separator = ': ', arrow = ' → '): string {
  if (mayBeSecret(field)) return `${field} differs`;
  if (field === RELEASE_FIELD) return `${field}${separator}${valueText(to)}`;
  const [before, after] = excerpts(withoutArns(valueText(from)), withoutArns(valueText(to)));
  return `${field}${separator}${before}${arrow}${after}`;
}

/** Replaces the ARNs of named resources with their names: the rest of an ARN is the same for all resources of a stack. */
export const withoutArns = (text: string): string =>
  text.replace(
    /arn:aws[\w-]*:[\w-]+:[\w-]*:\d*:(?:loadbalancer\/app|targetgroup|task-definition)\/([\w-]+(?::\d+)?)(?:\/\w+)?/g,
    '$1',
  );

/** The maximum number of characters of a long value that are shown. */
const MAX_SHOWN_CHARACTERS = 64;
/** The number of shown characters before the first difference. */
const SHOWN_BEFORE_DIFFERENCE = 16;

/** Shortens two long values: keeps the entries that only one of two lists has, or the part where two strings begin to differ. */
function excerpts(...texts: [string, string]): [string, string] {
  if (texts.every(({ length }) => length <= MAX_SHOWN_CHARACTERS)) return texts;
  const [before, after] = texts;
  const [entriesBefore, entriesAfter] = [before.split(', '), after.split(', ')];
  if (entriesBefore.length > 1 || entriesAfter.length > 1)
    return [entriesOnlyIn(entriesBefore, entriesAfter), entriesOnlyIn(entriesAfter, entriesBefore)];
  const firstDifference = [...before].findIndex((letter, index) => letter !== after[index]);
  const from = Math.max(0, (firstDifference < 0 ? before.length : firstDifference) - SHOWN_BEFORE_DIFFERENCE);
  const cut = (text: string) =>
    `${from > 0 ? '…' : ''}${text.slice(from, from + MAX_SHOWN_CHARACTERS)}${text.length > from + MAX_SHOWN_CHARACTERS ? '…' : ''}`;
  return [cut(before), cut(after)];
}

function entriesOnlyIn(all: readonly string[], others: readonly string[]): string {
  const unique = all.filter((entry) => !others.includes(entry));
  return [...(unique.length < all.length ? ['…'] : []), ...unique].join(', ');
}

const SIGNS: Readonly<Record<Verb, string>> = {
  create: '+',
  update: '~',
  replace: '±',
  remove: '-',
  refused: '!',
};

/** Counts the changes by verb, and the resources that are kept. */
export function countsByVerb(changes: readonly Change[], kept: number): PlanCounts {
  const count = (verb: Verb) => changes.filter((change) => change.verb === verb).length;
  return {
    create: count('create'),
    update: count('update'),
    replace: count('replace'),
    remove: count('remove'),
    keep: kept,
  };
}

/** Formats the counts as one line, e.g. `34 to create, 2 to update, 5 to keep`. */
export function countsText(changes: readonly Change[], kept: number): string {
  const parts = Object.entries(countsByVerb(changes, kept)).filter(([, count]) => count > 0);
  return parts.length === 0 ? 'nothing' : parts.map(([verb, count]) => `${count} to ${verb}`).join(', ');
}

/** Formats every change as a line, with the fields of an update or a replacement below; then lists the kept resources by noun. */
export function planText(changes: readonly Change[], kept: readonly string[] = []): string[] {
  const lines = changes.flatMap((change) => {
    const head = `  ${SIGNS[change.verb]} ${change.verb.padEnd(8)} ${changeAddress(change).padEnd(28)}  ${change.reason}`;
    const isWhole = change.verb === 'create' || change.verb === 'remove';
    const shown = change.fields.filter(({ field }) => !isWhole || field === RELEASE_FIELD);
    return [head, ...shown.map((field) => `      ${fieldText(field)}`)];
  });
  return [...lines, ...keptText(kept)];
}

/** Lists addresses, one noun per line, e.g. `  = keep     subnets  public-1, public-2`. */
function keptText(kept: readonly string[]): string[] {
  const keys = new Map<string, string[]>();
  for (const address of kept) {
    const [noun = '', ...key] = address.split('.');
    keys.set(noun, [...(keys.get(noun) ?? []), ...(key.length === 0 ? [] : [key.join('.')])]);
  }
  return [...keys].map(([noun, nounKeys]) =>
    `  = keep     ${noun.padEnd(28)}  ${nounKeys.join(', ')}`.trimEnd(),
  );
}

/** Returns a plan for scripts. */
export const planJson = (changes: readonly Change[], kept: readonly string[]): PlannedChanges => ({
  changes: changes.map(({ noun, key, verb, reason, fields }) => ({
    address: changeAddress({ noun, key }),
    verb,
    reason,
    fields: fields.map(({ field, from, to }) =>
      mayBeSecret(field) ? { field } : { field, from: plainValue(from), to: plainValue(to) },
    ),
  })),
  kept,
  counts: countsByVerb(changes, kept.length),
});

const plainValue = (value: Value | undefined): PlannedValue =>
  typeof value === 'object' ? { knownAfter: value.after } : (value ?? null);
