/** Validates the names of requested certificates: looks up their records from time to time, for three days. */
import type { Events, Region } from '../../world/region.ts';
import { durations } from '../../world/durations.ts';
import { completeRequest, fail } from './issue.ts';
import type { CertificateRow } from './store.ts';
import { isRecordVisible } from './validation-records.ts';

/** The shortest interval between two checks at any pace, in milliseconds. */
const MIN_CHECK_INTERVAL_MS = 50;

/**
 * Top-level names that the public DNS cannot have. `localhost` is missing, because names below it work on this machine.
 * @see https://www.iana.org/assignments/special-use-domain-names
 */
const SPECIAL_TOP_LEVEL_NAMES = ['alt', 'example', 'internal', 'invalid', 'local', 'onion', 'test'];

/** Starts the validation of a certificate. */
export function startValidation(region: Region, { CertificateArn }: CertificateRow): void {
  region.after('certificateCheck', 'acm:validate', CertificateArn, MIN_CHECK_INTERVAL_MS);
}

const isPublic = (name: string): boolean =>
  !SPECIAL_TOP_LEVEL_NAMES.includes(name.slice(name.lastIndexOf('.') + 1));

function hasTimedOut(region: Region, { CreatedAt }: CertificateRow): boolean {
  // At the pace `instant`, the limit would be zero, and no record could be added in time.
  const limitMs = region.scaled(durations.certificateTimeout) || durations.certificateTimeout;
  return region.now().getTime() - CreatedAt.getTime() > limitMs;
}

export const validationEvents: Events = {
  'acm:validate'(region, arn) {
    const row = region.acm.certificates.get(arn);
    if (row?.Status !== 'PENDING_VALIDATION') return;
    const names = row.SubjectAlternativeNames;
    if (row.pendingFailure !== undefined) return endAs(row, row.pendingFailure);
    if (!names.every(isPublic)) return endAs(row, 'INVALID_PUBLIC_DOMAIN');
    for (const name of names) if (isRecordVisible(region, name)) row.validation[name] = 'SUCCESS';
    if (names.every((name) => row.validation[name] === 'SUCCESS')) {
      region.after('certificateIssue', 'acm:issue', arn);
    } else if (hasTimedOut(region, row)) {
      row.Status = 'VALIDATION_TIMED_OUT';
      failPendingNames(row);
    } else startValidation(region, row);
  },
  'acm:issue'(region, arn) {
    const row = region.acm.certificates.get(arn);
    if (row?.Status === 'PENDING_VALIDATION') completeRequest(region, row);
  },
};

function endAs(row: CertificateRow, reason: string): void {
  fail(row, reason);
  failPendingNames(row);
}

function failPendingNames(row: CertificateRow): void {
  for (const name of row.SubjectAlternativeNames)
    if (row.validation[name] !== 'SUCCESS') row.validation[name] = 'FAILED';
}
