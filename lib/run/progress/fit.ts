/** Fits lines to the width of a terminal. Pure. */

/** The width in columns for which lines are made if a terminal is narrower. */
const MIN_COLUMNS = 20;

/** Removes the middle of a string that has more than `max` characters. */
export function shortenedMiddle(text: string, max: number): string {
  if (text.length <= max) return text;
  if (max <= 1) return '…'.slice(0, Math.max(0, max));
  const end = Math.floor((max - 1) / 2);
  const start = max - 1 - end;
  return `${text.slice(0, start)}…${end === 0 ? '' : text.slice(-end)}`;
}

/** Cuts a string off after `max` characters. */
export const cutOff = (text: string, max: number): string =>
  text.length <= max ? text : `${text.slice(0, Math.max(0, max - 1))}…`;

/** The columns of a line about a resource. */
export interface LineWidths {
  /** Of the address. */
  readonly address: number;
  /** Of the id or of what is waited for; undefined for no limit. */
  readonly text: number | undefined;
}

/** The width of an address where there is room for it. */
const ADDRESS_WIDTH = 28;

/**
 * Divides a line about a resource into columns.
 * @param columns the width of the terminal; undefined if the lines do not go to a terminal
 * @param others the number of characters that the rest of the line takes
 */
export function lineWidths(columns: number | undefined, others: number): LineWidths {
  if (columns === undefined) return { address: ADDRESS_WIDTH, text: undefined };
  const available = Math.max(columns, MIN_COLUMNS) - others;
  const address = Math.min(ADDRESS_WIDTH, Math.max(10, Math.floor(available * 0.5)));
  return { address, text: Math.max(0, available - address) };
}
