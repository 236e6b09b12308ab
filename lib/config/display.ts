/** Formats values and paths of a configuration for people: short, on one line, and without secrets. */
import { inspect } from 'node:util';
import type { Path } from './finding.ts';

/** Keys whose values may be secrets. */
const SECRET_KEYS: readonly PropertyKey[] = ['environment', 'command', 'entryPoint', 'secrets'];

/** Formats a value: primitives as JavaScript writes them, anything else by its kind. */
export function display(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === Object(value) || typeof value === 'symbol') return kindText(value);
  return inspect(value, { maxStringLength: 60, breakLength: Infinity });
}

/** Formats the value at a path. If the value may be a secret, shows only its kind. */
export const displayAt = (path: Path, value: unknown): string =>
  value !== undefined && path.some((key) => SECRET_KEYS.includes(key))
    ? `${kindText(value)}, not shown`
    : display(value);

function kindText(value: unknown): string {
  if (value === null) return 'null';
  // A symbol describes a value that could not be serialised.
  if (typeof value === 'symbol') return value.description ?? 'a symbol';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object'
    ? 'an object'
    : typeof value === 'string'
      ? 'a string'
      : `a ${typeof value}`;
}

/** Formats a path, e.g. `services.shop.containers.api1.port`; keys that are not plain names are put in brackets. */
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
