/** Ids of hosted zones and changes, and their prefixes. */
import type { Region } from '../../world/region.ts';

/** Returns an id without its prefix. Calls may include a prefix such as `/hostedzone/` or `/change/`. */
export const withoutPrefix = (id: string | undefined): string => (id ?? '').replace(/^.*\//, '');

/** Returns a new id: `Z` or `C`, followed by twenty digits and letters. */
export const newId = (region: Region, letter: 'Z' | 'C'): string =>
  letter + region.id('', 20).slice(1).toUpperCase();
