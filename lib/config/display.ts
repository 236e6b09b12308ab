/** How values and paths of a configuration are shown to people: short, on one line, and no secrets. */
import { inspect } from 'node:util';
import type { Path } from './finding.ts';

/** Below these, values may be secrets. */
const SECRET_KEYS: readonly PropertyKey[] = ['environment', 'command'];

/** A value in a few words: what it is, if it is short and plain, or else what kind of thing. */
export function display(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === Object(value) || typeof value === 'symbol') return kindText(value);
  return inspect(value, { maxStringLength: 60, breakLength: Infinity });
}

/** The value at a path; only its kind where it may be a secret. */
export const displayAt = (path: Path, value: unknown): string =>
  value !== undefined && path.some((key) => SECRET_KEYS.includes(key))
    ? `${kindText(value)}, not shown`
    : display(value);

function kindText(value: unknown): string {
  if (value === null) return 'null';
  // What was no data when the file was run.
  if (typeof value === 'symbol') return value.description ?? 'a symbol';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : typeof value === 'string' ? 'a text' : `a ${typeof value}`;
}

/** E.g. `services.shop.containers.api1.port`; keys that are no names go in brackets. */
export const pathText = (path: Path): string =>
  path.length === 0
    ? 'default export'
    : path
        .map((key) =>
          typeof key === 'string' && /^[\w-]{1,60}$/.test(key)
            ? `.${key}`
            : `[${typeof key === 'symbol' ? kindText(key) : display(key)}]`,
        )
        .join('')
        .replace(/^\./, '');
