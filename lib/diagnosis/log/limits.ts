/** Limits what is read of a log: a program may print lines of any length and number, and reading them must not take long. Pure. */

/** The last lines that are read. */
const MAX_LINES = 5000;
/** Characters of a line that are compared with patterns. */
const MAX_LINE_LENGTH = 2000;
/** Characters of a line that is read as JSON: a structured line also holds a stack trace. */
const MAX_JSON_LENGTH = 262_144;

/** Returns the last lines of a log, without spaces at their ends. Only lines that may be JSON are longer than the limit. */
export function lastLinesOf(log: readonly string[]): string[] {
  const lines: string[] = [];
  for (let at = log.length - 1; at >= 0 && lines.length < MAX_LINES; at -= 1) {
    const ofMessage = lastPart(log[at] ?? '').split(/\r?\n/);
    lines.push(...ofMessage.slice(-(MAX_LINES - lines.length)).reverse());
  }
  return lines.reverse().map((line) => {
    const text = line.trimEnd();
    return text.length <= MAX_JSON_LENGTH && text.endsWith('}') && text.includes('{')
      ? text
      : shortLine(text);
  });
}

/** Returns the part of a line that is compared with patterns. */
export const shortLine = (line: string): string =>
  line.length <= MAX_LINE_LENGTH ? line : line.slice(0, MAX_LINE_LENGTH);

/** A message of CloudWatch Logs has at most 1 MB; endpoints that allow more are cut off here. */
const MAX_MESSAGE_LENGTH = 1_048_576;
const lastPart = (message: string): string =>
  message.length <= MAX_MESSAGE_LENGTH ? message : message.slice(-MAX_MESSAGE_LENGTH);

/** Returns the index of the first line from `from` on that matches; -1 if none does. */
export function indexFrom(
  lines: readonly string[],
  from: number,
  matches: (line: string) => boolean,
): number {
  for (let at = from; at < lines.length; at += 1) if (matches(lines[at] ?? '')) return at;
  return -1;
}
