/** Looking up names that a client chose: `constructor` is in every object, and in none that we wrote. */

/** The member of a record under a name; undefined for what the record only inherits. */
export const ownProperty = <Value>(
  record: Readonly<Record<string, Value>>,
  name: string,
): Value | undefined => (Object.hasOwn(record, name) ? record[name] : undefined);
