/** Looks up names that a client chose, which must not find inherited members such as `constructor`. */

/** Returns the record's own member of that name; undefined when it has none or only inherits one. */
export const ownProperty = <Value>(
  record: Readonly<Record<string, Value>>,
  name: string,
): Value | undefined => (Object.hasOwn(record, name) ? record[name] : undefined);
