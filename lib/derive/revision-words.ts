/** Describes in words which parts of a task definition changed. Names environment variables, but never their values. Pure. */
import type { Fields } from '../model/change.ts';

/** The words for fields that belong to no container. */
const TOP_LEVEL_WORDS: Readonly<Record<string, string>> = {
  networkMode: 'network mode',
  executionRole: 'execution role',
  taskRole: 'task role',
};

const containersIn = (text: unknown): string[] => (typeof text === 'string' && text ? text.split(', ') : []);

/**
 * Describes fields of a task definition, e.g. `image of api` and `environment LOG_LEVEL of api`.
 * @param fields the fields that differ, under the names that `definitionFields` gives them
 * @param before the containers before the change, e.g. `api, proxy`
 * @param after the containers after the change
 */
export function changedParts(fields: readonly string[], before: unknown, after: unknown): string[] {
  const [former, current] = [containersIn(before), containersIn(after)];
  const added = current.filter((name) => !former.includes(name));
  const removed = former.filter((name) => !current.includes(name));
  const unchanged = (name: string) => !added.includes(name) && !removed.includes(name);
  return [
    ...added.map((name) => `container ${name} added`),
    ...removed.map((name) => `container ${name} removed`),
    ...fields.flatMap((field) => {
      const [container = '', ...rest] = field.split('.');
      if (rest.length === 0) return field === 'containers' ? [] : [TOP_LEVEL_WORDS[field] ?? field];
      const part = rest.join('.');
      // The lists of variables and secrets repeat what these themselves say.
      if (['environment', 'secrets'].includes(part) || !unchanged(container)) return [];
      return [`${partWords(part)} of ${container}`];
    }),
  ];
}

/** Names a part of a container, e.g. `environment LOG_LEVEL` or `value of secret DATABASE_URL`. */
const partWords = (part: string): string =>
  part
    .replace(/^environment\./, 'environment ')
    .replace(/^secrets\./, 'secret ')
    .replace(/^secret version\./, 'value of secret ');

/** Describes the differences between two task definitions. */
export function changesBetween(before: Fields, after: Fields): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const changed = names.filter((name) => before[name] !== after[name]);
  return changedParts(changed, before['containers'], after['containers']);
}
