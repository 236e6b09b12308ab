/** Finds the row that a request names by id, name or ARN. If there is no such row, throws the refusal that the kind declares. */

/** The part of a kind's declaration that is needed to find the row that a request names. */
export interface Findable {
  /**
   * Returns the key of the row that a request names.
   * @throws the refusal of a missing or malformed id
   */
  keyOf(id: string | undefined): string;
  /** Returns the refusal of an unknown id. */
  notFound(id: string): Error;
}

/** Rows that requests can name: a table, or a view of one. */
export interface Rows<Row> {
  readonly kind: Findable;
  get(key: string): Row | undefined;
}

/**
 * Returns the row that a request names.
 * @throws the kind's refusal when the id is missing or malformed, or names no row
 */
export function rowOf<Row>(rows: Rows<Row>, id: string | undefined): Row {
  const row = rows.get(rows.kind.keyOf(id));
  if (row === undefined) throw rows.kind.notFound(id ?? '');
  return row;
}

/**
 * Returns the row with a key that is known to be well-formed.
 * @throws the kind's refusal if the row does not exist
 */
export function rowByKey<Row>(rows: Rows<Row>, key: string): Row {
  const row = rows.get(key);
  if (row === undefined) throw rows.kind.notFound(key);
  return row;
}
