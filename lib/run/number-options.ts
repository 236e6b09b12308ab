/** Reads the options that are numbers. */
import { NOTHING_CHANGED, problem } from '../model/problem.ts';
import { invalidRevision } from './bad-arguments.ts';

/** Reads a port; 0 selects any free one. @throws ARGUMENTS */
export function portIn(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,5}$/.test(text) && Number(text) < 65_536) return Number(text);
  throw problem('ARGUMENTS', {
    what: `'${text}' is not a port.`,
    why: 'A port is a whole number from 0 to 65535; 0 is any free port.',
    now: NOTHING_CHANGED,
    fix: ['npm run dashboard -- --help'],
  });
}

/** Reads the number of a revision. @throws ARGUMENTS */
export function revisionIn(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw invalidRevision(text);
}
