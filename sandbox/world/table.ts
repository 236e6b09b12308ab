/** A table of the world: rows by id, in the order in which they were made. */

/** Told of what comes into a table and what goes. */
export interface Watch {
  /** @param before what had the id until now */
  came(id: string, row: object, before: object | undefined): void;
  went(id: string, row: object): void;
}

/** What one call sees in the place of some rows, by id; undefined for a row that it does not see. */
export type Instead<Row> = ReadonlyMap<string, Row | undefined>;

/** A table as one call sees it, when that is not as it is. */
export interface View<Row> {
  /** When the call asks for an id. */
  readonly byId: Instead<Row>;
  /** When it goes through all rows. */
  readonly inLists: Instead<Row>;
}

/** Rows of one kind by their id. Rows are live: changing one changes the world. */
export class Table<Row extends object> {
  readonly #rows = new Map<string, Row>();
  /** Nobody watches in calm weather. */
  watch: Watch | undefined;
  /** Set while a call runs that does not see the table as it is. */
  view: View<Row> | undefined;

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
  /** Whether there is a row of that id, and the call that runs does not see it yet. */
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
  /** Adds a row, or puts another in its place, and returns it. */
  set<R extends Row>(id: string, row: R): R {
    this.watch?.came(id, row, this.#rows.get(id));
    this.#rows.set(id, row);
    return row;
  }
  delete(id: string): boolean {
    const row = this.#rows.get(id);
    if (row) this.watch?.went(id, row);
    return this.#rows.delete(id);
  }
  clear(): void {
    this.#rows.clear();
  }
}
