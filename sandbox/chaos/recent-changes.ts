/** The news of the world: which rows came and went lately, and which had other tags until a moment ago. */
import type { Table, Watch } from '../world/table.ts';

/** A row that came, or went. */
export interface Change {
  readonly table: Table<object>;
  readonly id: string;
  readonly what: 'came' | 'went';
  /** In milliseconds since 1970. */
  readonly at: number;
  /** The row; of one that went, as it was at last. */
  readonly row: object;
}

/** The tags that a row had until a time. */
export interface OldTags {
  readonly table: Table<object>;
  readonly id: string;
  readonly at: number;
  /** The member that holds them, as it was. */
  readonly tags: Readonly<Record<string, unknown>>;
}

/** All news that is not old yet, the oldest first. */
export class News {
  readonly #now: () => number;
  readonly #lasts: () => number;
  /** By id, which is of one table alone. */
  readonly #changes = new Map<string, Change>();
  readonly #tags = new Map<string, OldTags>();
  /** The ids of changes by what a call may say to mean them. */
  readonly #named = new Map<string, Set<string>>();

  /** @param lasts how long something is news, in milliseconds of the clock */
  constructor(now: () => number, lasts: () => number) {
    this.#now = now;
    this.#lasts = lasts;
  }

  /** What is to watch a table. */
  watchOf(table: Table<object>): Watch {
    return {
      added: (id, row, before) => {
        if (before === undefined || isOver(before))
          this.#note({ table, id, what: 'came', at: this.#now(), row });
      },
      deleted: (id, row) => this.#note({ table, id, what: 'went', at: this.#now(), row }),
    };
  }

  /** What came into tables and went from them lately. */
  changes(tables: readonly Table<object>[]): Change[] {
    return [...this.#changes.values()].filter(({ table }) => tables.includes(table));
  }

  oldTags(tables: readonly Table<object>[]): OldTags[] {
    return [...this.#tags.values()].filter(({ table }) => tables.includes(table));
  }

  /** What came or went lately of what a call may mean by a name: an id, an ARN, or a part of an ARN of ECS. */
  named(name: string): Change[] {
    return [...(this.#named.get(name) ?? [])].flatMap((id) => this.#changes.get(id) ?? []);
  }

  /** Remembers the tags of a row that has got others. */
  retagged(table: Table<object>, id: string, tags: OldTags['tags']): void {
    this.#forget();
    this.#tags.delete(id);
    this.#tags.set(id, { table, id, at: this.#now(), tags });
  }

  clear(): void {
    this.#changes.clear();
    this.#tags.clear();
    this.#named.clear();
  }

  #note(change: Change): void {
    const { id } = change;
    this.#forget();
    this.#changes.delete(id);
    this.#changes.set(id, change);
    for (const name of namesOf(id)) this.#named.set(name, (this.#named.get(name) ?? new Set()).add(id));
  }

  #forget(): void {
    const eldest = this.#now() - this.#lasts();
    for (const id of olderThan(eldest, this.#tags)) this.#tags.delete(id);
    for (const id of olderThan(eldest, this.#changes)) {
      this.#changes.delete(id);
      for (const name of namesOf(id)) {
        const ids = this.#named.get(name);
        ids?.delete(id);
        if (ids?.size === 0) this.#named.delete(name);
      }
    }
  }
}

function* olderThan(eldest: number, news: ReadonlyMap<string, { at: number }>): Generator<string> {
  for (const [id, { at }] of news) {
    if (at > eldest) return;
    yield id;
  }
}

/** Rows of ECS stay when what they stand for is gone: another one of the name is a new thing. */
const isOver = (row: { status?: unknown }): boolean => row.status === 'INACTIVE';

/** An id, and of an ARN of ECS also `service/shop/web` and `web`. */
function namesOf(id: string): string[] {
  const [, tail] = /^arn:aws:ecs:[^:]*:[^:]*:(.+)$/.exec(id) ?? [];
  return tail === undefined ? [id] : [id, tail, tail.slice(tail.lastIndexOf('/') + 1)];
}
