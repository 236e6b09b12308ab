/** A plan for people and for scripts. Pure. */
import { changeAddress, type Change, type FieldChange, type Value, type Verb } from '../change.ts';

/** How a value reads: what is not known yet says when it will be. */
export function valueText(value: Value | undefined): string {
  if (value === undefined) return '(none)';
  if (typeof value === 'object') return `(known after ${value.later})`;
  return value === '' ? '(empty)' : String(value);
}

/** Values of environment variables, and commands, may be secrets: a plan says that they differ, not how. */
export const isSecret = (field: string): boolean => /\.environment\.|\.command$/.test(field);

const fieldText = ({ field, from, to }: FieldChange): string =>
  isSecret(field) ? `${field} differs` : `${field}: ${valueText(from)} → ${valueText(to)}`;

const SIGNS: Readonly<Record<Verb, string>> = {
  create: '+',
  update: '~',
  replace: '±',
  remove: '-',
  refused: '!',
};

/** Counts by verb, and what stays. */
export function counts(changes: readonly Change[], kept: number): Record<string, number> {
  const of = (verb: Verb) => changes.filter((change) => change.verb === verb).length;
  return {
    create: of('create'),
    update: of('update'),
    replace: of('replace'),
    remove: of('remove'),
    keep: kept,
  };
}

/** One line, e.g. `34 to create, 2 to update, 5 to keep`. */
export function countsText(changes: readonly Change[], kept: number): string {
  const parts = Object.entries(counts(changes, kept)).filter(([, count]) => count > 0);
  return parts.length === 0
    ? 'nothing at all'
    : parts.map(([verb, count]) => `${count} to ${verb}`).join(', ');
}

/** Every change on its line, the fields of an update or a replacement under it. */
export function planText(changes: readonly Change[]): string[] {
  return changes.flatMap((change) => {
    const head = `  ${SIGNS[change.verb]} ${change.verb.padEnd(8)} ${changeAddress(change).padEnd(28)}  ${change.reason}`;
    if (change.verb === 'create' || change.verb === 'remove') return [head];
    return [head, ...change.fields.map((field) => `      ${fieldText(field)}`)];
  });
}

/** The same as data. */
export const planJson = (changes: readonly Change[], kept: number) => ({
  changes: changes.map(({ step, key, verb, reason, fields }) => ({
    address: changeAddress({ step, key }),
    verb,
    reason,
    fields: fields.map(({ field, from, to }) =>
      isSecret(field) ? { field } : { field, from: plain(from), to: plain(to) },
    ),
  })),
  counts: counts(changes, kept),
});

const plain = (value: Value | undefined) =>
  typeof value === 'object' ? { knownAfter: value.later } : (value ?? null);
