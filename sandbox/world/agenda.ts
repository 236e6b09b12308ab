/** The world's future events, as plain data that survives a restart. */
import type { SandboxClock } from './clock.ts';

/** A future event that concerns one resource (its subject) in one region. */
export interface AgendaEntry {
  /** The time of the event, in milliseconds since 1970. */
  readonly at: number;
  readonly region: string;
  readonly event: string;
  readonly subject: string;
}

/** The list of future events, driven by a clock. */
export class Agenda {
  readonly #clock: SandboxClock;
  readonly #handle: (entry: AgendaEntry) => void;
  #entries: AgendaEntry[] = [];
  #cancel: (() => void) | undefined;

  /** @param handle handles an entry; it must not throw */
  constructor(clock: SandboxClock, handle: (entry: AgendaEntry) => void) {
    this.#clock = clock;
    this.#handle = handle;
  }

  entries(): readonly AgendaEntry[] {
    return this.#entries;
  }

  /** Replaces all entries, after a restart or a reset. */
  load(entries: readonly AgendaEntry[]): void {
    this.#entries = [...entries];
    this.#schedule();
  }

  add(entry: AgendaEntry): void {
    this.#entries.push(entry);
    this.#schedule();
  }

  /** Cancels an event for a subject. */
  forget(event: string, subject: string): void {
    this.#entries = this.#entries.filter((entry) => entry.event !== event || entry.subject !== subject);
  }

  /** Handles all due events in order of time, including further events that they make due immediately. */
  runDue(): void {
    for (let next = this.#next(); next && next.at <= this.#clock.now(); next = this.#next()) {
      this.#entries.splice(this.#entries.indexOf(next), 1);
      this.#handle(next);
    }
    this.#schedule();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #next(): AgendaEntry | undefined {
    return this.#entries.reduce<AgendaEntry | undefined>(
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
