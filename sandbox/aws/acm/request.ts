/** Requests of certificates: the names, the key algorithm, and the idempotency token, which ACM remembers for an hour. */
import type * as ACM from '@aws-sdk/client-acm';
import type { Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import { durations } from '../../world/durations.ts';
import { newCertificateArn } from './arns.ts';
import { invalidDomain, invalidParameter, limitExceeded, notImplemented } from './errors.ts';
import { isRequestable, shownAlgorithm } from './issue.ts';
import type { CertificateRow } from './store.ts';
import { mergeTags } from './tags.ts';
import { startValidation } from './validate.ts';

/** @see https://docs.aws.amazon.com/acm/latest/userguide/acm-limits.html */
const MAX_NAMES = 10;
const MAX_CERTIFICATES = 2500;
const MAX_COMMON_NAME_LENGTH = 64;

/** Amazon owns these domains. @see https://docs.aws.amazon.com/acm/latest/userguide/acm-certificate.html */
const AMAZON_DOMAINS = ['amazonaws.com', 'cloudfront.net', 'elasticbeanstalk.com'];

/** Returns all names of a request, sorted as responses show them. */
function checkNames({
  DomainName = '',
  SubjectAlternativeNames = [],
}: ACM.RequestCertificateRequest): string[] {
  if (DomainName.length > MAX_COMMON_NAME_LENGTH) {
    throw invalidDomain(
      `The first domain name can have at most ${MAX_COMMON_NAME_LENGTH} characters: ${DomainName}`,
    );
  }
  const names = [...new Set([DomainName, ...SubjectAlternativeNames].map((name) => name.toLowerCase()))];
  if (names.length > MAX_NAMES) {
    throw limitExceeded(
      `Error: Cannot request more domain names than your limit allows: ${names.length} (limit: ${MAX_NAMES})`,
    );
  }
  for (const name of names) {
    if (AMAZON_DOMAINS.some((domain) => name === domain || name.endsWith(`.${domain}`)))
      throw invalidDomain(`The domain name ${name} belongs to Amazon`);
    if (name.split('.').some((label) => /^..--/.test(label) && !label.startsWith('xn--')))
      throw invalidDomain(`The domain name ${name} is not a valid internationalized domain name`);
  }
  return names.sort();
}

/** Returns the result of an earlier request with the same token, if that was less than an hour ago. */
function earlierRequest(region: Region, token: string | undefined, parameters: string): string | undefined {
  const earlier = region.acm.requests.get(token);
  if (!earlier || token === undefined) return undefined;
  const expiresAt =
    earlier.at.getTime() + (region.scaled(durations.certificateToken) || durations.certificateToken);
  if (expiresAt <= region.now().getTime()) return undefined;
  if (earlier.parameters !== parameters) {
    throw invalidParameter('The idempotency token was already used with other parameters');
  }
  return earlier.certificateArn;
}

export const requestOperations = {
  /**
   * A repeated call with the same token returns the same ARN, even if the certificate was deleted.
   * @see https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html
   */
  RequestCertificate: {
    inputMembers: [
      'DomainName',
      'SubjectAlternativeNames',
      'ValidationMethod',
      'IdempotencyToken',
      'Options',
      'KeyAlgorithm',
      'Tags',
    ],
    run(input, region) {
      const { ValidationMethod = 'EMAIL', KeyAlgorithm = 'RSA_2048', IdempotencyToken, Options = {} } = input;
      if (ValidationMethod !== 'DNS') throw notImplemented(`the validation method ${ValidationMethod}`);
      if (Options.Export === 'ENABLED') throw notImplemented('certificates that can be exported');
      if (!isRequestable(KeyAlgorithm)) {
        throw invalidParameter(`A public certificate cannot have the key algorithm ${KeyAlgorithm}`);
      }
      const SubjectAlternativeNames = checkNames(input);
      const tags = mergeTags([], input.Tags);
      const { certificates, requests } = region.acm;
      const parameters = JSON.stringify([input.DomainName, SubjectAlternativeNames, KeyAlgorithm]);
      const earlier = earlierRequest(region, IdempotencyToken, parameters);
      if (earlier !== undefined) return { CertificateArn: earlier };
      if (certificates.size >= MAX_CERTIFICATES) {
        throw limitExceeded(`Error: you have reached your limit of ${MAX_CERTIFICATES} certificates.`);
      }
      const now = region.now();
      const CertificateArn = newCertificateArn(region);
      if (IdempotencyToken !== undefined) {
        requests.set(IdempotencyToken, { certificateArn: CertificateArn, parameters, at: now });
      }
      const DomainName = input.DomainName?.toLowerCase() ?? '';
      const row: CertificateRow = {
        CertificateArn,
        DomainName,
        SubjectAlternativeNames,
        Subject: `CN=${DomainName}`,
        Issuer: 'Amazon',
        CreatedAt: now,
        Status: 'PENDING_VALIDATION',
        KeyAlgorithm: shownAlgorithm(KeyAlgorithm),
        SignatureAlgorithm: 'SHA256WITHRSA',
        Type: 'AMAZON_ISSUED',
        KeyUsages: [],
        ExtendedKeyUsages: [],
        Options: {
          CertificateTransparencyLoggingPreference:
            Options.CertificateTransparencyLoggingPreference ?? 'ENABLED',
          Export: 'DISABLED',
        },
        validation: Object.fromEntries(SubjectAlternativeNames.map((name) => [name, 'PENDING_VALIDATION'])),
        recordsAt: new Date(now.getTime() + region.scaled(durations.certificateRecords)),
        tags,
      };
      certificates.set(CertificateArn, row);
      startValidation(region, row);
      return { CertificateArn };
    },
  },
} satisfies Operations<typeof ACM>;
