/** The unique ids of IAM. A resource that is created again under the same name has a new id. */
import type { Region } from '../../world/region.ts';

/** The letters that replace the digits that base 32 does not have. */
const LETTERS: Readonly<Record<string, string>> = { 0: 'G', 1: 'H', 8: 'I', 9: 'J' };

/**
 * Returns a new id: a prefix and 17 characters of base 32.
 * @param prefix the kind of resource: `AROA` for a role, `ANPA` for a managed policy, `ASIA` for a temporary access key
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes
 */
export function uniqueId(region: Region, prefix: 'AROA' | 'ANPA' | 'ASIA'): string {
  const [, digits = ''] = region.id(prefix).split('-');
  return `${prefix}${digits.replace(/[0189]/g, (digit) => LETTERS[digit] ?? digit).toUpperCase()}`;
}
