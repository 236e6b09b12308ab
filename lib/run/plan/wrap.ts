/** Lays text out within the width of a terminal. Pure. */
import { shortenedMiddle } from '../progress/fit.ts';

/** The width of output that does not go to a terminal, in characters. */
const DEFAULT_COLUMNS = 100;
/** The narrowest width for which lines are made. */
const MIN_COLUMNS = 20;

/** Returns the width of lines, in characters. @param columns the width of the terminal; undefined without one */
export const lineWidth = (columns: number | undefined): number =>
  Math.max(MIN_COLUMNS, columns ?? DEFAULT_COLUMNS);

/**
 * Breaks text into lines. A word that is longer than a line loses its middle.
 * @param first the beginning of the first line
 * @param indent the number of spaces before each further line
 */
export function wrapped(text: string, width: number, first: string, indent: number): string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(' ')) {
    const shown = shortenedMiddle(word, Math.max(1, width - (lines.length === 0 ? first.length : indent)));
    if (!isEmpty && line.length + 1 + shown.length > width) {
      lines.push(line);
      line = `${' '.repeat(indent)}${shortenedMiddle(word, Math.max(1, width - indent))}`;
    } else line += `${isEmpty ? '' : ' '}${shown}`;
    isEmpty = false;
  }
  return [...lines, line];
}

/** Breaks lines; the spaces before a line stay, and further lines have two more. */
export const wrappedLines = (lines: readonly string[], columns: number | undefined): string[] =>
  lines.flatMap((line) => {
    const spaces = /^ */.exec(line)?.[0] ?? '';
    return wrapped(line.trimStart(), lineWidth(columns), spaces, spaces.length + 2);
  });

/**
 * Shortens two values so that both fit beside each other, in the middle; a short one leaves its room to the other.
 * Where the values differ only in the part that would be lost, the part that differs is kept instead.
 * @param room the number of characters for both
 */
export function fitted(from: string, to: string, room: number): [from: string, to: string] {
  if (from.length + to.length <= room) return [from, to];
  const half = Math.max(3, Math.floor(room / 2));
  const fromRoom = to.length < half ? room - to.length : half;
  const toRoom = from.length < half ? room - from.length : half;
  const shortened = [shortenedMiddle(from, fromRoom), shortenedMiddle(to, toRoom)] as const;
  if (shortened[0] !== shortened[1] || from === to) return [...shortened];
  let start = 0;
  while (from[start] === to[start]) start += 1;
  const excerpt = (text: string, max: number) => {
    const begin = Math.max(0, start - Math.floor(max / 4));
    const cut = `${begin > 0 ? '…' : ''}${text.slice(begin)}`;
    return cut.length <= max ? cut : `${cut.slice(0, Math.max(1, max - 1))}…`;
  };
  return [excerpt(from, fromRoom), excerpt(to, toRoom)];
}
