/** Issues certificates, and renews the ones in use before they expire. */
import { generateKeyPairSync, X509Certificate, type KeyObject } from 'node:crypto';
import type { CertificateDetail } from '@aws-sdk/client-acm';
import type { Events, Region } from '../../world/region.ts';
import { permitsAmazon } from './caa.ts';
import type { CertificateRow } from './store.ts';
import { usersOfCertificate } from './usage.ts';
import { isRecordVisible } from './validation-records.ts';

const DAY_MS = 86_400_000;
/** Public certificates have been valid for 198 days since the limit of the CA/Browser Forum fell to 200 days. */
const VALID_DAYS = 198;
/** @see https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html */
const RENEWAL_DAYS = 60;

/** The key algorithms that can be requested, by their names in requests, and as responses show them. */
const KEY_ALGORITHMS = {
  RSA_2048: { shown: 'RSA-2048', make: () => generateKeyPairSync('rsa', { modulusLength: 2048 }) },
  EC_prime256v1: { shown: 'EC-prime256v1', make: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }) },
  EC_secp384r1: { shown: 'EC-secp384r1', make: () => generateKeyPairSync('ec', { namedCurve: 'P-384' }) },
} as const satisfies Record<
  string,
  { shown: string; make(): { publicKey: KeyObject; privateKey: KeyObject } }
>;

export type RequestableAlgorithm = keyof typeof KEY_ALGORITHMS;

export const isRequestable = (algorithm: string): algorithm is RequestableAlgorithm =>
  Object.hasOwn(KEY_ALGORITHMS, algorithm);

/** Recorded responses have a hyphen where the enumeration has an underscore (LocalStack's `test_acm.snapshot.json`). */
export const shownAlgorithm = (
  algorithm: RequestableAlgorithm,
): NonNullable<CertificateDetail['KeyAlgorithm']> =>
  KEY_ALGORITHMS[algorithm].shown as NonNullable<CertificateDetail['KeyAlgorithm']>;

/** Ends a request: issues the certificate, or lets it fail if CAA records forbid it. */
export function completeRequest(region: Region, row: CertificateRow): void {
  const forbidden = row.SubjectAlternativeNames.filter((name) => !permitsAmazon(region, name));
  if (forbidden.length === 0) return issue(region, row);
  // The names are validated before CAA is checked, so their validation has succeeded.
  fail(row, 'CAA_ERROR');
}

/** Ends a request without a certificate. */
export function fail(row: CertificateRow, reason: string): void {
  row.Status = 'FAILED';
  row.FailureReason = reason as NonNullable<CertificateDetail['FailureReason']>;
}

function issue(region: Region, row: CertificateRow): void {
  const now = region.now();
  const algorithm = Object.values(KEY_ALGORITHMS).find(
    ({ shown }: { shown: string }) => shown === row.KeyAlgorithm,
  );
  const { publicKey, privateKey } = (algorithm ?? KEY_ALGORITHMS.RSA_2048).make();
  const notBefore = startOfDay(now);
  const notAfter = new Date(notBefore.getTime() + VALID_DAYS * DAY_MS - 1000);
  const authority = region.authority();
  const certificate = authority.issue({
    commonName: row.DomainName,
    names: row.SubjectAlternativeNames,
    publicKey,
    notBefore,
    notAfter,
  });
  Object.assign(row, {
    Status: 'ISSUED',
    IssuedAt: now,
    NotBefore: notBefore,
    NotAfter: notAfter,
    Serial: serialOf(certificate),
    KeyUsages: [{ Name: 'DIGITAL_SIGNATURE' }, { Name: 'KEY_ENCIPHERMENT' }],
    ExtendedKeyUsages: [{ Name: 'TLS_WEB_SERVER_AUTHENTICATION', OID: '1.3.6.1.5.5.7.3.1' }],
    pem: {
      certificate,
      chain: authority.certificate,
      privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    },
  } satisfies Partial<CertificateRow>);
  scheduleEnd(region, row);
}

/** Returns the serial number of a certificate as ACM shows it: pairs of hexadecimal digits. */
export const serialOf = (pem: string): string =>
  (new X509Certificate(pem).serialNumber.toLowerCase().match(/../g) ?? []).join(':');

const startOfDay = (time: Date): Date => new Date(Math.floor(time.getTime() / DAY_MS) * DAY_MS);

/** Schedules the renewal of a certificate, in real time: clients compare its dates with the clock of this machine. */
function scheduleEnd(region: Region, { CertificateArn, NotAfter }: CertificateRow): void {
  const expiry = NotAfter?.getTime() ?? 0;
  const untilRenewal = expiry - RENEWAL_DAYS * DAY_MS - region.now().getTime();
  region.forget('acm:renew', CertificateArn);
  region.after(0, 'acm:renew', CertificateArn, Math.max(untilRenewal, 0));
}

export const issueEvents: Events = {
  /**
   * Renews a certificate that is in use and whose records are still visible; otherwise checks again every day until it expires.
   * @see https://docs.aws.amazon.com/acm/latest/userguide/dns-renewal-validation.html
   */
  'acm:renew'(region, arn) {
    const row = region.acm.certificates.get(arn);
    if (row?.Status !== 'ISSUED' || row.Type !== 'AMAZON_ISSUED' || !row.NotAfter) return;
    if (region.now() > row.NotAfter) {
      row.Status = 'EXPIRED';
      return;
    }
    const isInUse = usersOfCertificate(region, row).length > 0;
    const isValidated = row.SubjectAlternativeNames.every((name) => isRecordVisible(region, name));
    if (isInUse && isValidated) {
      issue(region, row);
      row.RenewalSummary = {
        RenewalStatus: 'SUCCESS',
        DomainValidationOptions: [],
        UpdatedAt: region.now(),
      };
      return;
    }
    if (isInUse)
      row.RenewalSummary = {
        RenewalStatus: 'PENDING_VALIDATION',
        DomainValidationOptions: [],
        UpdatedAt: region.now(),
      };
    region.after(0, 'acm:renew', arn, DAY_MS);
  },
};
