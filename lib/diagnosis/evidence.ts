/** Formats the lines of a log as evidence of a cause. Pure. */
import type { Excerpt } from './excerpt.ts';

/** Returns the excerpt of a container's log with a heading; nothing if the log holds no error. */
export const logEvidence = (name: string, { lines }: Pick<Excerpt, 'lines'>): string[] =>
  lines.length === 0 ? [] : [`${name} logged:`, ...lines.map((line) => `  ${line}`)];
