/** Ids of hosted zones and changes, and what AWS puts before them. */
import type { Region } from '../../world/region.ts';

/** An id without a prefix such as `/hostedzone/` or `/change/`: calls may have it or not. */
export const bare = (id: string | undefined): string => (id ?? '').replace(/^.*\//, '');

/** A new id: `Z` or `C`, and twenty digits and letters. */
export const newId = (region: Region, letter: 'Z' | 'C'): string =>
  letter + region.id('', 20).slice(1).toUpperCase();
