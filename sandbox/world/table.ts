/** The world's tables. Each has rows by ID in order of creation, and the properties of its kind of resource. */

/** The properties of the rows in a table. The census and the chaos use them. */
export interface Kind<Row extends object = object> {
  /** Whether the census counts a row. The census omits AWS's bookkeeping, and deleted resources that are still shown. */
  isInCensus(row: Row): boolean;
  /** Whether calls see the creation and deletion of rows with a delay. */
  readonly lag: Lag;
}

/**
 * The lag of a kind. A kind with the lag `none` is always consistent. Calls see new and deleted rows of any other kind with
 * a delay, both by ID and in the lists that the named operations of the service return.
 */
export type Lag = 'none' | { readonly listedBy: readonly string[] };

/** The kind of records that are not resources: client tokens, revision numbers, changes and unfinished uploads. */
export const BOOKKEEPING: Kind = { isInCensus: () => false, lag: 'none' };

/** The kind of resources that the census always counts and that every call sees immediately. */
export const CONSISTENT_RESOURCE: Kind = { isInCensus: () => true, lag: 'none' };

/** Observes the rows that are added to a table and deleted from it. */
export interface Watch {
  /** @param before the row that had the ID until now */
  added(id: string, row: object, before: object | undefined): void;
  deleted(id: string, row: object): void;
}

/** The rows that a call sees instead of the stored rows, by ID. The value is undefined if the call sees no row with the ID. */
export type Overrides<Row> = ReadonlyMap<string, Row | undefined>;

/** The differences between a table as one call sees it and its actual rows. */
export interface View<Row> {
  /** Applies to reads by ID. */
  readonly byId: Overrides<Row>;
  /** Applies to reads of all rows. */
  readonly inLists: Overrides<Row>;
}

/** The rows of one kind by ID. Rows are live: changing a row changes the world. */
export class Table<Row extends object, Declared extends Kind<Row> = Kind<Row>> {
  readonly #rows = new Map<string, Row>();
  readonly kind: Declared;
  /** Records changes while the weather has a lag. Undefined otherwise. */
  watch: Watch | undefined;
  /** The view of the running call; undefined when the call sees the actual rows. */
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
  /** Whether a row with this ID exists but is hidden from the running call. */
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
  /** Deletes the rows that were added first, until no more than `max` are left. */
  keepNewest(max: number): void {
    for (const id of this.#rows.keys()) {
      if (this.size <= max) return;
      this.delete(id);
    }
  }
  clear(): void {
    this.#rows.clear();
  }
}
