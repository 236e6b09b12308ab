/** Splits output into lines as a container runtime's log driver does. */

/** The maximum length of a line. Longer lines are delivered in pieces, as containerd and Docker do. */
export const MAX_LINE_BYTES = 16 * 1024;

const NEWLINE = 0x0a;

/**
 * Collects chunks and delivers complete lines, without their newlines.
 * @param deliver receives each line
 * @returns `write`, which accepts chunks, and `end`, which delivers a last line that has no newline
 */
export function makeLineSplitter(deliver: (line: string) => void): {
  write(chunk: Buffer): void;
  end(): void;
} {
  let rest: Buffer = Buffer.alloc(0);
  return {
    write(chunk) {
      rest = Buffer.concat([rest, chunk]);
      for (;;) {
        const newline = rest.indexOf(NEWLINE);
        if (newline !== -1 && newline <= MAX_LINE_BYTES) {
          deliver(rest.toString('utf8', 0, newline));
          rest = rest.subarray(newline + 1);
        } else if (rest.length > MAX_LINE_BYTES) {
          const cut = characterStart(rest, MAX_LINE_BYTES);
          deliver(rest.toString('utf8', 0, cut));
          rest = rest.subarray(cut);
        } else return;
      }
    },
    end() {
      if (rest.length > 0) deliver(rest.toString('utf8'));
      rest = Buffer.alloc(0);
    },
  };
}

/** Returns the last position up to `limit` where a UTF-8 character starts, or `limit` when the bytes are not UTF-8. */
function characterStart(bytes: Buffer, limit: number): number {
  for (let start = limit; start > limit - 4; start--) if (((bytes[start] ?? 0) & 0xc0) !== 0x80) return start;
  return limit;
}
