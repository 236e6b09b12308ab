// Values of a configuration on their way out of its thread: what is data stays as it is, of the rest only what it is.
// @ts-check

/**
 * A value that every thread can read: `['=', value]`, `['[', items]`, `['{', entries]`, or `['?', what it is]`.
 * @typedef {['=', unknown] | ['[', any[]] | ['{', any[][]] | ['?', string]} Packed
 */

/** Deeper than any configuration: what goes on below may never end. */
const DEEPEST = 32;
/** More than any list of a configuration. */
const LONGEST = 10_000;

/**
 * @param {unknown} value
 * @param {number} [depth]
 * @returns {Packed}
 * @throws what a getter throws
 */
export function serialize(value, depth = 0) {
  if (typeof value === 'function' || typeof value === 'symbol') return ['?', `a ${typeof value}`];
  if (typeof value !== 'object' || value === null) return ['=', value];
  if (depth === DEEPEST) return ['?', 'something without end'];
  if (Array.isArray(value)) {
    if (value.length > LONGEST) return ['?', `a list of ${value.length}`];
    return ['[', Array.from(value, (item) => serialize(item, depth + 1))];
  }
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  // A Map, a Date or a Promise has no fields, and would pass for an empty object.
  if (kind !== 'Object') return ['?', `${/^[AEIOU]/.test(kind) ? 'an' : 'a'} ${kind}`];
  return ['{', Object.entries(value).map(([key, inner]) => [key, serialize(inner, depth + 1)])];
}

/**
 * The value again. What is no data becomes a symbol of that description: no schema takes one.
 * @param {Packed} pack
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
