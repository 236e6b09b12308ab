/** Figures as a table in plain text. Pure. */

export interface Figure {
  readonly work: string;
  /** Seconds. */
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Lines for a terminal, which are a Markdown table as well. */
export function table(about: string, figures: readonly Figure[]): string {
  const rows = figures.map(({ work, ...seconds }) =>
    [work.padEnd(18), ...Object.values(seconds).map((value) => `${value.toFixed(1)} s`.padStart(8))].join(
      ' | ',
    ),
  );
  const head = ['work'.padEnd(18), ...['median', 'min', 'max'].map((name) => name.padStart(8))].join(' | ');
  const rule = ['-'.repeat(18), ...Array.from({ length: 3 }, () => '-------:')].join(' | ');
  return [about, '', ...[head, rule, ...rows].map((line) => `| ${line} |`)].join('\n');
}
