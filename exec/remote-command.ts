/** Wraps a command so that it reports its exit code, which ECS Exec does not carry, and reads input that is not typed. Pure. */
import { shellWord } from '../lib/run/command-line.ts';

/** A command as it is sent to AWS. */
export interface RemoteCommand {
  /** The command line for ExecuteCommand. */
  readonly line: string;
  /** What the wrapper prints when it starts, and with the exit code when the command has ended. */
  readonly token: string;
}

/** A command, and its connection to this process. */
export interface Connection {
  /** The program and its arguments; empty for a shell. */
  readonly words: readonly string[];
  /** Whether a person types at a terminal; otherwise the bytes of the output stay as they are. */
  readonly isTyped: boolean;
  /** Whether the command reads the standard input of this process; otherwise its input is empty. */
  readonly hasInput: boolean;
  /** A random word of letters, digits and hyphens. */
  readonly token: string;
}

/** The longest line of input, in characters: a terminal takes 4,095. */
const MAX_LINE = 3_000;
/** Bash has history and completion. Without a terminal, `-i` lets sh print its prompt. */
const SHELL = 'if [ ! -t 0 ]; then sh -i; elif command -v bash >/dev/null 2>&1; then bash; else sh; fi';
/**
 * Without it, the terminal would print the input again, end lines with carriage returns, and change what is typed.
 * Its failure is reported as 1: the image lacks `stty`.
 */
const RAW_OUTPUT = 'stty -echo -opost 2>/dev/null';
/** Reads the lines that `inputLines` writes, until the last one. The shell itself does all the work, in every image. */
const READ_INPUT = 'while IFS= read -r line && [ "$line" != . ]; do printf %b "${line#:}"; done';

/** Wraps a command. */
export function remoteCommand({ words, isTyped, hasInput, token }: Connection): RemoteCommand {
  const command = words.length === 0 ? SHELL : words.map(shellWord).join(' ');
  const report = `printf '${token}=%d;' "$?"`;
  // A shell that gets Ctrl-C together with its command waits for the command, and then reports its end.
  const script = isTyped
    ? `trap : INT QUIT; printf '${token}:0;'; ${command}; ${report}`
    : `${RAW_OUTPUT}; printf '${token}:%d;' "$?"; ${
        hasInput ? `${READ_INPUT} | { ${command}; ${report}; }` : `{ ${command}; } </dev/null; ${report}`
      }`;
  return { line: `sh -c ${shellWord(script)}`, token };
}

/** Encodes input as lines of printable ASCII, which pass through a terminal unchanged; each line starts with a colon. */
export function inputLines(bytes: Uint8Array): string {
  const lines: string[] = [];
  let line = '';
  for (const byte of bytes) {
    line += encoded(byte);
    if (line.length < MAX_LINE) continue;
    lines.push(line);
    line = '';
  }
  if (line !== '') lines.push(line);
  return lines.map((one) => `:${one}\n`).join('');
}

/** The line after the last line of input. */
export const END_OF_INPUT = '.\n';

/** `printf %b` decodes a byte from a backslash, a zero and three octal digits. */
const encoded = (byte: number): string =>
  byte >= 0x20 && byte < 0x7f && byte !== 0x5c
    ? String.fromCharCode(byte)
    : `\\0${byte.toString(8).padStart(3, '0')}`;
