/** Keeps recent changes to the world until the lag has passed: created rows, deleted rows and replaced tags. */
import type { Table, Watch } from '../world/table.ts';

/** A row that was created or deleted. */
export interface RowChange {
  readonly table: Table<object>;
  readonly id: string;
  readonly event: 'created' | 'deleted';
  /** The time of the change, in milliseconds since 1970. */
  readonly at: number;
  /** The row. If it was deleted, this is its last state. */
  readonly row: object;
}

/** The tags that a row had before they were replaced. */
export interface OldTags {
  readonly table: Table<object>;
  readonly id: string;
  /** The time of the replacement, in milliseconds since 1970. */
  readonly at: number;
  /** The row's former members that contain tags. */
  readonly tags: Readonly<Record<string, unknown>>;
}

/** The changes that happened within the lag, the oldest first. */
export class RecentChanges {
  readonly #now: () => number;
  readonly #maxAgeMs: () => number;
  /** The changes by the ID of the row. An ID belongs to only one table. */
  readonly #changes = new Map<string, RowChange>();
  /** The replaced tags by the ID of the row. */
  readonly #oldTags = new Map<string, OldTags>();
  /** The IDs of changed rows, by every name that a call may use for them. */
  readonly #idsByName = new Map<string, Set<string>>();

  /** @param maxAgeMs returns how long changes are kept, in milliseconds of the clock */
  constructor(now: () => number, maxAgeMs: () => number) {
    this.#now = now;
    this.#maxAgeMs = maxAgeMs;
  }

  /** Returns the watch that records the changes of a table. */
  watchOf(table: Table<object>): Watch {
    return {
      added: (id, row, before) => {
        if (before === undefined || isInactive(before))
          this.#record({ table, id, event: 'created', at: this.#now(), row });
      },
      deleted: (id, row) => this.#record({ table, id, event: 'deleted', at: this.#now(), row }),
    };
  }

  /** Returns the recent changes in some tables. */
  changes(tables: readonly Table<object>[]): RowChange[] {
    return [...this.#changes.values()].filter(({ table }) => tables.includes(table));
  }

  oldTags(tables: readonly Table<object>[]): OldTags[] {
    return [...this.#oldTags.values()].filter(({ table }) => tables.includes(table));
  }

  /** Returns the recent changes that a name (an ID, an ARN, or a part of an ECS ARN) may refer to. */
  changesByName(name: string): RowChange[] {
    return [...(this.#idsByName.get(name) ?? [])].flatMap((id) => this.#changes.get(id) ?? []);
  }

  /** Records the former tags of a row whose tags were replaced. */
  addOldTags(table: Table<object>, id: string, tags: OldTags['tags']): void {
    this.#forgetOldChanges();
    this.#oldTags.delete(id);
    this.#oldTags.set(id, { table, id, at: this.#now(), tags });
  }

  clear(): void {
    this.#changes.clear();
    this.#oldTags.clear();
    this.#idsByName.clear();
  }

  #record(change: RowChange): void {
    const { id } = change;
    this.#forgetOldChanges();
    this.#changes.delete(id);
    this.#changes.set(id, change);
    for (const name of namesOf(id))
      this.#idsByName.set(name, (this.#idsByName.get(name) ?? new Set()).add(id));
  }

  #forgetOldChanges(): void {
    const expiry = this.#now() - this.#maxAgeMs();
    for (const id of idsUntil(expiry, this.#oldTags)) this.#oldTags.delete(id);
    for (const id of idsUntil(expiry, this.#changes)) {
      this.#changes.delete(id);
      for (const name of namesOf(id)) {
        const ids = this.#idsByName.get(name);
        ids?.delete(id);
        if (ids?.size === 0) this.#idsByName.delete(name);
      }
    }
  }
}

/** Yields the IDs of the changes that happened at `time` or earlier. The oldest change comes first in the map. */
function* idsUntil(time: number, changes: ReadonlyMap<string, { at: number }>): Generator<string> {
  for (const [id, { at }] of changes) {
    if (at > time) return;
    yield id;
  }
}

/** Whether a row is a deleted resource that ECS keeps as INACTIVE. A resource that replaces it counts as new. */
const isInactive = (row: { status?: unknown }): boolean => row.status === 'INACTIVE';

/** Returns an ID and, if it is an ECS ARN, also its parts such as `service/shop/web` and `web`. */
function namesOf(id: string): string[] {
  const [, tail] = /^arn:aws[\w-]*:ecs:[^:]*:[^:]*:(.+)$/.exec(id) ?? [];
  return tail === undefined ? [id] : [id, tail, tail.slice(tail.lastIndexOf('/') + 1)];
}
