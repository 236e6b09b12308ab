/** Ids of hosted zones and changes, and their prefixes. */
import type { Region } from '../../world/region.ts';

/** Returns an id without a prefix such as `/hostedzone/` or `/change/`, which calls may include. */
export const bare = (id: string | undefined): string => (id ?? '').replace(/^.*\//, '');

/** Returns a new id: `Z` or `C`, followed by twenty digits and letters. */
export const newId = (region: Region, letter: 'Z' | 'C'): string =>
  letter + region.id('', 20).slice(1).toUpperCase();
