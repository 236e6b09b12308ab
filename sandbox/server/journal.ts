/** The journal: every call that reached the sandbox, in order. */

/** One call. */
export interface JournalEntry {
  readonly service: string;
  readonly operation: string;
  readonly region: string;
  /** `ok`, or the code of the refusal. */
  readonly result: string;
  /** The kind of the fault that struck it, if one did. */
  readonly fault?: string | undefined;
  /** Whether it was refused for want of tokens. */
  readonly throttled?: true | undefined;
  readonly mutating: boolean;
  /** When, as ISO 8601. */
  readonly at: string;
}

export interface Journal {
  add(entry: Omit<JournalEntry, 'at' | 'mutating'>): void;
  entries(): readonly JournalEntry[];
  clear(): void;
}

/** Operations that change nothing, by their first word; whatever else there is counts as mutating. */
const READ_ONLY = /^(Describe|Get|List|BatchGet|BatchCheck|Filter|Test)/;
export const isMutating = (operation: string): boolean => !READ_ONLY.test(operation);

/** The calls that are kept: enough for the longest run, bounded for a sandbox that runs for weeks. */
const MAX_ENTRIES = 20_000;

export function makeJournal(now: () => number): Journal {
  let kept: JournalEntry[] = [];
  return {
    add(entry) {
      kept.push({ ...entry, mutating: isMutating(entry.operation), at: new Date(now()).toISOString() });
      if (kept.length > MAX_ENTRIES * 1.1) kept = kept.slice(-MAX_ENTRIES);
    },
    entries: () => kept,
    clear: () => {
      kept = [];
    },
  };
}
