/** What the world has still to do, and when: plain data, so that it survives a restart. */
import type { SandboxClock } from './clock.ts';

/** One thing to come: an event about a subject, in a region, at a time. */
export interface AgendaEntry {
  readonly at: number;
  readonly region: string;
  readonly event: string;
  readonly subject: string;
}

/** The list of things to come, driven by one clock. */
export class Agenda {
  readonly #clock: SandboxClock;
  readonly #happen: (entry: AgendaEntry) => void;
  #entries: AgendaEntry[] = [];
  #cancel: (() => void) | undefined;

  /** @param happen carries out one entry; it must not throw */
  constructor(clock: SandboxClock, happen: (entry: AgendaEntry) => void) {
    this.#clock = clock;
    this.#happen = happen;
  }

  entries(): readonly AgendaEntry[] {
    return this.#entries;
  }

  /** Puts entries in place of all there are: at a restart, or at a reset. */
  load(entries: readonly AgendaEntry[]): void {
    this.#entries = [...entries];
    this.#schedule();
  }

  add(entry: AgendaEntry): void {
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
