/** The ARNs of certificates. */
import type { Region } from '../../world/region.ts';
import { rowOf } from '../finder.ts';
import { invalidArn } from './errors.ts';
import type { CertificateRow } from './store.ts';

/** Returns `arn:<partition>:acm:<region>:<account>:certificate/<uuid>` with a new UUID. */
export const newCertificateArn = (region: Region): string =>
  region.arn('acm', `certificate/${region.uuid()}`);

/**
 * Returns the certificate that a call names.
 * @throws InvalidArnException for anything but a certificate's ARN, ResourceNotFoundException for a certificate that does not
 * exist in the region of the call
 */
export function certificateByArn(region: Region, arn = ''): CertificateRow {
  if (!/^arn:[\w-]+:acm:[\w-]+:\d{12}:certificate\/[\w-]+$/.test(arn)) throw invalidArn(arn);
  return rowOf(region.acm.certificates, arn);
}
