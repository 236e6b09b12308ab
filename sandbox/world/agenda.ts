/** What the world has still to do, and when: plain data, so that it survives a restart. */
import type { Clock } from './clock.ts';

/** One thing to come: an event about a subject, in a region, at a time. */
export interface Entry {
  readonly at: number;
  readonly region: string;
  readonly event: string;
  readonly subject: string;
}

/** The list of things to come, driven by one clock. */
export class Agenda {
  readonly #clock: Clock;
  readonly #happen: (entry: Entry) => void;
  #entries: Entry[] = [];
  #cancel: (() => void) | undefined;

  /** @param happen carries out one entry; it must not throw */
  constructor(clock: Clock, happen: (entry: Entry) => void) {
    this.#clock = clock;
    this.#happen = happen;
  }

  entries(): readonly Entry[] {
    return this.#entries;
  }

  /** Puts entries in place of all there are: at a restart, or at a reset. */
  load(entries: readonly Entry[]): void {
    this.#entries = [...entries];
    this.#schedule();
  }

  add(entry: Entry): void {
    this.#entries.push(entry);
    this.#schedule();
  }

  /** Takes back what was to come about a subject. */
  forget(event: string, subject: string): void {
    this.#entries = this.#entries.filter((entry) => entry.event !== event || entry.subject !== subject);
  }

  /** Lets everything happen that is due, and what that brings about at once, in order of time. */
  runDue(): void {
    for (let next = this.#next(); next && next.at <= this.#clock.now(); next = this.#next()) {
      this.#entries.splice(this.#entries.indexOf(next), 1);
      this.#happen(next);
    }
    this.#schedule();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #next(): Entry | undefined {
    return this.#entries.reduce<Entry | undefined>(
      (first, entry) => (first && first.at <= entry.at ? first : entry),
      undefined,
    );
  }

  #schedule(): void {
    this.stop();
    const next = this.#next();
    if (next) this.#cancel = this.#clock.at(next.at, () => this.runDue());
  }
}
