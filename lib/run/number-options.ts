/** Reads the options that are numbers. */
import { invalidPort, invalidRevision } from './bad-arguments.ts';

/** Reads a port; 0 selects any free one. @throws ARGUMENTS */
export function portIn(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,5}$/.test(text) && Number(text) < 65_536) return Number(text);
  throw invalidPort(text);
}

/** Reads the number of a revision. @throws ARGUMENTS */
export function revisionIn(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw invalidRevision(text);
}
