/** CAA records: the domain's owner lists the authorities that may issue certificates for it. */
import type { Region } from '../../world/region.ts';
import { caaValues } from '../route53/lookup.ts';
import { withoutWildcard } from './validation-records.ts';

/** @see https://docs.aws.amazon.com/acm/latest/userguide/setup-caa.html */
const AMAZON_AUTHORITIES = ['amazon.com', 'amazontrust.com', 'awstrust.com', 'amazonaws.com'];

/**
 * Whether the CAA records let Amazon issue a certificate for a name. The records of the closest parent that has any count.
 * @see https://www.rfc-editor.org/rfc/rfc8659#section-3
 */
export function permitsAmazon(region: Region, name: string): boolean {
  const labels = withoutWildcard(name).split('.');
  for (let depth = 0; depth < labels.length; depth++) {
    const values = caaValues(region, labels.slice(depth).join('.'));
    if (values.length > 0) return isPermittedBy(values, name.startsWith('*.'));
  }
  return true;
}

function isPermittedBy(values: readonly string[], isWildcard: boolean): boolean {
  const properties = values.flatMap((value) => {
    const [, tag = '', text = ''] = /^\d+\s+(\w+)\s+"?([^"]*)"?$/.exec(value) ?? [];
    return [{ tag: tag.toLowerCase(), authority: text.split(';')[0]?.trim().toLowerCase() ?? '' }];
  });
  const issuers = properties.filter(({ tag }) => tag === 'issue');
  const wildcardIssuers = properties.filter(({ tag }) => tag === 'issuewild');
  const relevant = isWildcard && wildcardIssuers.length > 0 ? wildcardIssuers : issuers;
  return relevant.length === 0 || relevant.some(({ authority }) => AMAZON_AUTHORITIES.includes(authority));
}
