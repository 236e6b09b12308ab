/** Certificates as responses show them. */
import type { CertificateDetail, CertificateSummary, DomainValidation } from '@aws-sdk/client-acm';
import type { Region } from '../../world/region.ts';
import type { CertificateRow } from './store.ts';
import { usersOfCertificate } from './usage.ts';
import { validationRecord } from './validation-records.ts';

const validationsOf = (region: Region, row: CertificateRow): DomainValidation[] =>
  Object.entries(row.validation).map(([DomainName, ValidationStatus]) => ({
    DomainName,
    ValidationDomain: DomainName,
    ValidationStatus,
    ValidationMethod: 'DNS',
    ...(row.recordsAt && row.recordsAt <= region.now()
      ? { ResourceRecord: validationRecord(region.account, DomainName) }
      : {}),
  }));

const eligibilityOf = (row: CertificateRow, isInUse: boolean): 'ELIGIBLE' | 'INELIGIBLE' =>
  row.Type === 'AMAZON_ISSUED' && row.Status === 'ISSUED' && isInUse ? 'ELIGIBLE' : 'INELIGIBLE';

/** Returns the details of a certificate. */
export function detailOf(region: Region, row: CertificateRow): CertificateDetail {
  const { tags: _tags, pem: _pem, validation, released: _released, ...rest } = row;
  const { recordsAt: _recordsAt, pendingFailure: _pendingFailure, ...detail } = rest;
  const InUseBy = usersOfCertificate(region, row);
  const DomainValidationOptions = validationsOf(region, row);
  return {
    ...detail,
    InUseBy,
    RenewalEligibility: eligibilityOf(row, InUseBy.length > 0),
    ...(Object.keys(validation).length > 0 && { DomainValidationOptions }),
    ...(row.RenewalSummary && { RenewalSummary: { ...row.RenewalSummary, DomainValidationOptions } }),
  };
}

/** Returns a certificate as lists show it. */
export function summaryOf(region: Region, row: CertificateRow): CertificateSummary {
  const InUse = usersOfCertificate(region, row).length > 0;
  return {
    CertificateArn: row.CertificateArn,
    DomainName: row.DomainName,
    SubjectAlternativeNameSummaries: row.SubjectAlternativeNames,
    HasAdditionalSubjectAlternativeNames: false,
    Status: row.Status,
    Type: row.Type,
    KeyAlgorithm: row.KeyAlgorithm,
    KeyUsages: row.KeyUsages?.flatMap(({ Name }) => Name ?? []),
    ExtendedKeyUsages: row.ExtendedKeyUsages?.flatMap(({ Name }) => Name ?? []),
    InUse,
    RenewalEligibility: eligibilityOf(row, InUse),
    NotBefore: row.NotBefore,
    NotAfter: row.NotAfter,
    CreatedAt: row.CreatedAt,
    IssuedAt: row.IssuedAt,
    ImportedAt: row.ImportedAt,
  };
}
