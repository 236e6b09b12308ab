/** Looks up names that a client chose, without finding inherited members such as `constructor`. */

/** Returns the record's own member of that name; undefined when it does not exist or is inherited. */
export const ownProperty = <Value>(
  record: Readonly<Record<string, Value>>,
  name: string,
): Value | undefined => (Object.hasOwn(record, name) ? record[name] : undefined);
