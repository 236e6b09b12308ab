/** Looks up names that a client chose, without finding inherited members such as `constructor`. */

/** Returns a record's own member by name; undefined when the member does not exist or is inherited. */
export const ownProperty = <Value>(
  record: Readonly<Record<string, Value>>,
  name: string,
): Value | undefined => (Object.hasOwn(record, name) ? record[name] : undefined);
