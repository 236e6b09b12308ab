/** Renders Markdown tables as Prettier lays them out. */

/** @param all the head and the rows, each with the same number of cells */
export function table(all: readonly (readonly string[])[]): string {
  const [head = [], ...body] = all;
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |\n`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('');
}
