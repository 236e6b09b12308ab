/** The CNAME records with which the owner of a name proves the ownership. They depend only on the account and the name. */
import { createHash } from 'node:crypto';
import type { Region } from '../../world/region.ts';
import { cnameTarget } from '../route53/lookup.ts';

/** The longest chain of CNAMEs that ACM follows. @see https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html */
const MAX_HOPS = 5;

/** Returns the name without the first label of a wildcard: `*.example.com` and `example.com` share a record. */
export const withoutWildcard = (name: string): string => name.replace(/^\*\./, '');

/** A validation record. Name and value have a trailing dot. */
interface ValidationRecord {
  readonly Name: string;
  readonly Type: 'CNAME';
  readonly Value: string;
}

/** Returns the record for a name. */
export function validationRecord(account: string, name: string): ValidationRecord {
  const domain = withoutWildcard(name);
  const digest = (part: string) => createHash('sha256').update(`${account} ${domain} ${part}`).digest('hex');
  const letters = digest('zone').replace(/\d/g, (digit) => 'ghijklmnop'[Number(digit)] ?? 'g');
  return {
    Name: `_${digest('name').slice(0, 32)}.${domain}.`,
    Type: 'CNAME',
    Value: `_${digest('value').slice(0, 32)}.${letters.slice(0, 10)}.acm-validations.aws.`,
  };
}

/** Whether a resolver on the internet finds the record of a name, directly or through other CNAMEs. */
export function isRecordVisible(region: Region, name: string): boolean {
  const { Name, Value } = validationRecord(region.account, name);
  // Some providers allow no underscore at the start of the value, so it may be missing.
  const accepted = [Value, Value.replace(/^_/, '')];
  let next: string | undefined = Name;
  for (let hop = 0; hop < MAX_HOPS; hop++) {
    next = cnameTarget(region, next);
    if (next === undefined) return false;
    if (accepted.includes(next)) return true;
  }
  return false;
}
