/** Converts the tables of a world to plain rows and back, to write them to disk. */
import type { Stores } from './stores.ts';

/** The rows with their IDs, by service and table. */
export type Rows = Record<string, Record<string, [string, object][]>>;

export const rowsOf = (stores: Stores): Rows =>
  mapValues(stores, (tables) => mapValues(tables, (table) => table.entries()));

/** Adds rows to their tables. Rows of tables that no longer exist are dropped. */
export function fillTables(stores: Stores, rows: Rows): void {
  for (const [service, tables] of Object.entries(rows)) {
    for (const [name, entries] of Object.entries(tables)) {
      for (const [id, row] of entries) stores[service]?.[name]?.set(id, row);
    }
  }
}

/** Returns a record with the same keys and converted values. */
export const mapValues = <V, W>(record: Record<string, V>, map: (value: V) => W): Record<string, W> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
