/** Keeps recent changes to the world for as long as the lag: created and deleted rows, and replaced tags. */
import type { Table, Watch } from '../world/table.ts';

/** A row that was created or deleted. */
export interface RowChange {
  readonly table: Table<object>;
  readonly id: string;
  readonly event: 'created' | 'deleted';
  /** In milliseconds since 1970. */
  readonly at: number;
  /** The row; for a deletion, its last state. */
  readonly row: object;
}

/** The tags that a row had before they were replaced. */
export interface OldTags {
  readonly table: Table<object>;
  readonly id: string;
  readonly at: number;
  /** The row's former members that contain tags. */
  readonly tags: Readonly<Record<string, unknown>>;
}

/** The changes that happened within the lag, oldest first. */
export class RecentChanges {
  readonly #now: () => number;
  readonly #keptFor: () => number;
  /** By ID, since an ID belongs to only one table. */
  readonly #changes = new Map<string, RowChange>();
  readonly #tags = new Map<string, OldTags>();
  /** The IDs of changed rows, by every name that a call may use for them. */
  readonly #named = new Map<string, Set<string>>();

  /** @param keptFor returns how long changes are kept, in milliseconds of the clock */
  constructor(now: () => number, keptFor: () => number) {
    this.#now = now;
    this.#keptFor = keptFor;
  }

  /** Returns the watch that records the changes of a table. */
  watchOf(table: Table<object>): Watch {
    return {
      added: (id, row, before) => {
        if (before === undefined || isInactive(before))
          this.#note({ table, id, event: 'created', at: this.#now(), row });
      },
      deleted: (id, row) => this.#note({ table, id, event: 'deleted', at: this.#now(), row }),
    };
  }

  /** Returns the recent changes of some tables. */
  changes(tables: readonly Table<object>[]): RowChange[] {
    return [...this.#changes.values()].filter(({ table }) => tables.includes(table));
  }

  oldTags(tables: readonly Table<object>[]): OldTags[] {
    return [...this.#tags.values()].filter(({ table }) => tables.includes(table));
  }

  /** Returns the recent changes that a name (an ID, an ARN, or a part of an ECS ARN) may refer to. */
  changesNamed(name: string): RowChange[] {
    return [...(this.#named.get(name) ?? [])].flatMap((id) => this.#changes.get(id) ?? []);
  }

  /** Records the former tags of a row whose tags were replaced. */
  addOldTags(table: Table<object>, id: string, tags: OldTags['tags']): void {
    this.#forget();
    this.#tags.delete(id);
    this.#tags.set(id, { table, id, at: this.#now(), tags });
  }

  clear(): void {
    this.#changes.clear();
    this.#tags.clear();
    this.#named.clear();
  }

  #note(change: RowChange): void {
    const { id } = change;
    this.#forget();
    this.#changes.delete(id);
    this.#changes.set(id, change);
    for (const name of namesOf(id)) this.#named.set(name, (this.#named.get(name) ?? new Set()).add(id));
  }

  #forget(): void {
    const oldest = this.#now() - this.#keptFor();
    for (const id of olderThan(oldest, this.#tags)) this.#tags.delete(id);
    for (const id of olderThan(oldest, this.#changes)) {
      this.#changes.delete(id);
      for (const name of namesOf(id)) {
        const ids = this.#named.get(name);
        ids?.delete(id);
        if (ids?.size === 0) this.#named.delete(name);
      }
    }
  }
}

function* olderThan(oldest: number, changes: ReadonlyMap<string, { at: number }>): Generator<string> {
  for (const [id, { at }] of changes) {
    if (at > oldest) return;
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
