/** A table of the world: rows by id, in the order in which they were made. */

/** Rows of one kind by their id. Rows are live: changing one changes the world. */
export class Table<Row extends object> {
  readonly #rows = new Map<string, Row>();

  get size(): number {
    return this.#rows.size;
  }
  get(id: string | undefined): Row | undefined {
    return id === undefined ? undefined : this.#rows.get(id);
  }
  has(id: string): boolean {
    return this.#rows.has(id);
  }
  all(): Row[] {
    return [...this.#rows.values()];
  }
  entries(): [id: string, row: Row][] {
    return [...this.#rows];
  }
  find(test: (row: Row) => boolean): Row | undefined {
    return this.all().find(test);
  }
  filter(test: (row: Row) => boolean): Row[] {
    return this.all().filter(test);
  }
  /** Adds a row, or puts another in its place, and returns it. */
  set<R extends Row>(id: string, row: R): R {
    this.#rows.set(id, row);
    return row;
  }
  delete(id: string): boolean {
    return this.#rows.delete(id);
  }
  clear(): void {
    this.#rows.clear();
  }
}
