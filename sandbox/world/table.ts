/** Tables of the world: rows by id in the order of their creation, and what each table declares about its kind. */

/** What every table declares about the kind of its rows. The census and chaos follow from it. */
export interface Kind<Row extends object = object> {
  /** Whether the census counts a row: it counts neither AWS's bookkeeping nor what is deleted and still shown. */
  isCounted(row: Row): boolean;
  /** How late calls see that rows are created and deleted. */
  readonly lag: Lag;
}

/**
 * A kind without lag is consistent at once. With it, calls see a new or deleted row late, both by id and in the lists
 * that the named operations of the service return.
 */
export type Lag = 'none' | { readonly listedBy: readonly string[] };

/** The kind of AWS's records that are not resources: client tokens, revision numbers, changes, unfinished uploads. */
export const BOOKKEEPING: Kind = { isCounted: () => false, lag: 'none' };

/** Is notified of rows that are added to a table or deleted from it. */
export interface Watch {
  /** @param before the row that had the id until now */
  added(id: string, row: object, before: object | undefined): void;
  deleted(id: string, row: object): void;
}

/** The rows that a call sees instead of the stored ones, by id; undefined for a row that it does not see. */
export type Overrides<Row> = ReadonlyMap<string, Row | undefined>;

/** A table as one call sees it when that differs from its actual rows. */
export interface View<Row> {
  /** Applies to reads by id. */
  readonly byId: Overrides<Row>;
  /** Applies to reads of all rows. */
  readonly inLists: Overrides<Row>;
}

/** Rows of one kind by their id. Rows are live: changing one changes the world. */
export class Table<Row extends object, Declared extends Kind<Row> = Kind<Row>> {
  readonly #rows = new Map<string, Row>();
  readonly kind: Declared;
  /** Unset in calm weather. */
  watch: Watch | undefined;
  /** Set while a call runs that does not see the table as it is. */
  view: View<Row> | undefined;

  constructor(kind: Declared) {
    this.kind = kind;
  }

  get size(): number {
    return this.#rows.size;
  }
  get(id: string | undefined): Row | undefined {
    if (id === undefined) return undefined;
    return this.view?.byId.has(id) ? this.view.byId.get(id) : this.#rows.get(id);
  }
  has(id: string): boolean {
    return this.get(id) !== undefined;
  }
  /** Whether a row with that id exists that the running call does not see yet. */
  hides(id: string): boolean {
    return !this.has(id) && this.#rows.has(id);
  }
  all(): Row[] {
    return this.view ? this.entries().map(([, row]) => row) : [...this.#rows.values()];
  }
  entries(): [id: string, row: Row][] {
    if (!this.view) return [...this.#rows];
    const seen = new Map<string, Row | undefined>([...this.#rows, ...this.view.inLists]);
    return [...seen].filter((entry): entry is [string, Row] => entry[1] !== undefined);
  }
  find(test: (row: Row) => boolean): Row | undefined {
    return this.all().find(test);
  }
  filter(test: (row: Row) => boolean): Row[] {
    return this.all().filter(test);
  }
  /** Adds or replaces a row, and returns it. */
  set<R extends Row>(id: string, row: R): R {
    this.watch?.added(id, row, this.#rows.get(id));
    this.#rows.set(id, row);
    return row;
  }
  delete(id: string): boolean {
    const row = this.#rows.get(id);
    if (row) this.watch?.deleted(id, row);
    return this.#rows.delete(id);
  }
  clear(): void {
    this.#rows.clear();
  }
}
