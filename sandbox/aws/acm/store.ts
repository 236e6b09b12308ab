/** The tables of Certificate Manager in one region. */
import type * as ACM from '@aws-sdk/client-acm';
import type { CertificateDetail, DomainStatus, Tag } from '@aws-sdk/client-acm';
import type { OperationName } from '../../operations.ts';
import { BOOKKEEPING, Table, type Kind } from '../../world/table.ts';
import type { Findable } from '../finder.ts';
import { certificateNotFound } from './errors.ts';

export interface CertificateRow extends CertificateDetail {
  CertificateArn: string;
  /** In lower case, like all names. */
  DomainName: string;
  /** All names, including the domain name, in the order in which responses show them. */
  SubjectAlternativeNames: string[];
  Status: NonNullable<CertificateDetail['Status']>;
  CreatedAt: Date;
  /** The validation of each name; empty for an imported certificate. */
  validation: Record<string, DomainStatus>;
  /** The time from which responses show the validation records. */
  recordsAt?: Date;
  tags: Tag[];
  /** The certificate, its chain and its private key, in PEM; undefined until it is issued. */
  pem?: { certificate: string; chain?: string; privateKey: string };
  /** The load balancer that used the certificate last, and the time until which it counts as a user. */
  released?: { loadBalancerArn: string; until: Date };
  /** The injected failure with which the validation will end. */
  pendingFailure?: string;
}

/** An earlier request with an idempotency token. It outlives its certificate. */
export interface RequestRow {
  certificateArn: string;
  /** The parameters of the request, as JSON. */
  parameters: string;
  at: Date;
}

export const acmStore = () => ({
  certificates: new Table<CertificateRow, Kind & Findable>({
    isInCensus: () => true,
    lag: { listedBy: ['ListCertificates'] satisfies OperationName<typeof ACM>[] },
    keyOf: (arn = '') => arn,
    notFound: certificateNotFound,
  }),
  /** Keyed by idempotency token. */
  requests: new Table<RequestRow>(BOOKKEEPING),
});
export type AcmStore = ReturnType<typeof acmStore>;
