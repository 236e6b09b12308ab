/** The journal: every call that reached the sandbox, in order. */

/** One call. */
export interface JournalEntry {
  readonly service: string;
  readonly operation: string;
  readonly region: string;
  /** `ok`, or the code of the refusal. */
  readonly result: string;
  /** The kind of the fault that was injected into the call, if any. */
  readonly fault?: string | undefined;
  /** Whether the call was refused because a token bucket was empty. */
  readonly throttled?: true | undefined;
  readonly mutating: boolean;
  /** The time of the call, in ISO 8601 format. */
  readonly at: string;
}

export interface Journal {
  add(entry: Omit<JournalEntry, 'at' | 'mutating'>): void;
  entries(): readonly JournalEntry[];
  clear(): void;
}

/** Matches the first word of operations that change nothing. All others count as mutating. */
const READ_ONLY = /^(Describe|Get|List|BatchGet|BatchCheck|Filter|Simulate|Test)/;
export const isMutating = (operation: string): boolean => !READ_ONLY.test(operation);

/** The minimum number of calls to keep, enough for the longest run. Older calls are dropped: a sandbox may run for weeks. */
const KEPT_ENTRIES = 20_000;

export function makeJournal(now: () => number): Journal {
  let entries: JournalEntry[] = [];
  return {
    add(entry) {
      entries.push({ ...entry, mutating: isMutating(entry.operation), at: new Date(now()).toISOString() });
      if (entries.length > KEPT_ENTRIES * 1.1) entries = entries.slice(-KEPT_ENTRIES);
    },
    entries: () => entries,
    clear: () => {
      entries = [];
    },
  };
}
