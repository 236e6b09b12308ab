/** Counts the changes of a plan, and formats plans for scripts; `plan/` formats them for people. Pure. */
import { changeAddress, type Change, type Value, type Verb } from '../model/change.ts';
import type { PlanCounts, PlannedChanges, PlannedValue } from './results.ts';

/** Whether a field is an environment variable or a command, which may be secret: a plan shows that it differs, but not its values. */
export const mayBeSecret = (field: string): boolean => /\.environment\.|\.command$/.test(field);

/** Replaces the ARNs of named resources with their names: the rest of an ARN is the same for all resources of a stack. */
export const withoutArns = (text: string): string =>
  text
    .replace(
      /arn:aws[\w-]*:[\w-]+:[\w-]*:\d*:(?:loadbalancer\/app|targetgroup|task-definition)\/([\w-]+(?::\d+)?)(?:\/\w+)?/g,
      '$1',
    )
    .replace(/arn:aws[\w-]*:iam::\d*:role\/(?:[\w+=,.@-]+\/)*([\w+=,.@-]+)/g, '$1');

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
