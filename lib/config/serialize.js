// Serialises a configuration for the parent process: data as it is, and anything else as a description of its type.
// @ts-check

/**
 * A value that every process can read: `['=', value]`, `['[', items]`, `['{', entries]`, or `['?', description]`.
 * @typedef {['=', unknown] | ['[', any[]] | ['{', any[][]] | ['?', string]} Serialized
 */

/** The maximum depth, which no configuration reaches; a deeper value may contain itself. */
const MAX_DEPTH = 32;
/** The maximum length of a list, which no configuration reaches. */
const MAX_LENGTH = 10_000;

/**
 * @param {unknown} value
 * @param {number} [depth]
 * @returns {Serialized}
 * @throws what a getter throws
 */
export function serialize(value, depth = 0) {
  if (typeof value === 'function' || typeof value === 'symbol') return ['?', `a ${typeof value}`];
  if (typeof value !== 'object' || value === null) return ['=', value];
  if (depth === MAX_DEPTH) return ['?', 'a value that is nested too deeply'];
  if (Array.isArray(value)) {
    if (value.length > MAX_LENGTH) return ['?', `a list of ${value.length} items`];
    return ['[', Array.from(value, (item) => serialize(item, depth + 1))];
  }
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  // A Map, a Date or a Promise has no fields, and would pass as an empty object.
  if (kind !== 'Object') return ['?', `${/^[AEIOU]/.test(kind) ? 'an' : 'a'} ${kind}`];
  return ['{', Object.entries(value).map(([key, inner]) => [key, serialize(inner, depth + 1)])];
}

/**
 * Restores a value. Anything that is not data becomes a symbol with its description; no schema accepts symbols.
 * @param {Serialized} serialized
 * @returns {unknown}
 */
export function deserialize([sign, content]) {
  switch (sign) {
    case '=':
      return content;
    case '?':
      return Symbol(content);
    case '[':
      return content.map(deserialize);
    case '{':
      return Object.fromEntries(content.map(([key, inner]) => [key, deserialize(inner)]));
  }
}
