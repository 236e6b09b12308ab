/** Separates the output of a command from what its wrapper prints: its start and its exit code. Pure. */

/** What has arrived. */
export interface Arrival {
  /** Output of the command. */
  readonly output: Buffer;
  /** Whether the terminal passes bytes unchanged, once the wrapper has started. */
  readonly isRaw?: boolean;
  /** The exit code, once the command has ended. Nothing follows it. */
  readonly exitCode?: number;
}

/** Separates the output of one command. */
export interface OutputReader {
  read(chunk: Uint8Array): Arrival;
  /** Returns what was held back because it could have been the beginning of a report. */
  rest(): Buffer;
  /** Whether the wrapper has started. */
  readonly hasStarted: boolean;
}

const NOTHING = Buffer.alloc(0);
/** The number of characters that may follow the token: `=255;`. */
const REPORT_LENGTH = 5;

/** @param token the random word of the wrapper; output before its start is not of the command */
export function makeOutputReader(token: string): OutputReader {
  let held: Buffer = NOTHING;
  let hasStarted = false;

  /** Finds a report. Returns the number of bytes in front of what may be one, and its match. */
  function find(bytes: Buffer, form: RegExp): { readonly end: number; readonly match?: RegExpExecArray } {
    let from = 0;
    for (;;) {
      const at = bytes.indexOf(token, from, 'latin1');
      if (at < 0) return { end: bytes.length - beginningOf(token, bytes) };
      const text = bytes.toString('latin1', at + token.length, at + token.length + REPORT_LENGTH);
      const match = form.exec(text);
      if (match) return { end: at, match };
      if (/^([=:]\d{0,3})?$/.test(text) && text.length < REPORT_LENGTH) return { end: at };
      from = at + token.length;
    }
  }

  function read(chunk: Uint8Array): Arrival {
    const bytes = Buffer.concat([held, chunk]);
    if (!hasStarted) {
      const { end, match } = find(bytes, /^:([01]);/);
      if (!match) {
        // Kept as the words of AWS or of a runtime, should the command never start.
        held = bytes.subarray(-MAX_WORDS);
        return { output: NOTHING };
      }
      held = bytes.subarray(end + token.length + match[0].length);
      hasStarted = true;
      return { ...read(NOTHING), isRaw: match[1] === '0' };
    }
    const { end, match } = find(bytes, /^=(\d{1,3});/);
    held = match ? NOTHING : Buffer.from(bytes.subarray(end));
    const output = bytes.subarray(0, end);
    return match ? { output, exitCode: Number(match[1]) } : { output };
  }

  return {
    read,
    rest() {
      const rest = held;
      held = NOTHING;
      return rest;
    },
    get hasStarted() {
      return hasStarted;
    },
  };
}

/** The maximum number of bytes to keep of what is printed before the command starts. */
const MAX_WORDS = 4096;

/** Returns the length of the longest end of the bytes with which the token begins. */
function beginningOf(token: string, bytes: Buffer): number {
  const text = bytes.toString('latin1', Math.max(0, bytes.length - token.length + 1));
  for (let length = Math.min(text.length, token.length - 1); length > 0; length -= 1)
    if (token.startsWith(text.slice(-length))) return length;
  return 0;
}
