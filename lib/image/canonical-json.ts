/** Canonical JSON: the same value always gives the same bytes. */

/** Encodes a value without white space, and with the keys of every object in order. Undefined members are left out. */
export const canonicalJson = (value: unknown): Uint8Array =>
  new TextEncoder().encode(JSON.stringify(sorted(value)));

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, member]) => [key, sorted(member)]));
}
