/** Reads, lists, changes and deletes certificates. */
import type * as ACM from '@aws-sdk/client-acm';
import type { Operations } from '../../operations.ts';
import { pageOf } from '../paging.ts';
import { certificateByArn } from './arns.ts';
import {
  certificateInUse,
  invalidArguments,
  invalidState,
  notImplemented,
  requestInProgress,
} from './errors.ts';
import { usersOfCertificate } from './usage.ts';
import { detailOf, summaryOf } from './views.ts';

/** Without a filter by key type, a list contains only certificates with these keys. */
const LISTED_KEY_TYPES = ['RSA_1024', 'RSA_2048'];

const DEFAULT_PAGE_SIZE = 1000;

/** The key algorithm as requests spell it. */
const requestedSpelling = (algorithm = ''): string => algorithm.replace('-', '_');

export const certificateOperations = {
  /** @see https://docs.aws.amazon.com/acm/latest/APIReference/API_DescribeCertificate.html */
  DescribeCertificate: {
    inputMembers: ['CertificateArn'],
    run: ({ CertificateArn }, region) => ({
      Certificate: detailOf(region, certificateByArn(region, CertificateArn)),
    }),
  },

  /** @see https://docs.aws.amazon.com/acm/latest/APIReference/API_GetCertificate.html */
  GetCertificate: {
    inputMembers: ['CertificateArn'],
    run({ CertificateArn }, region) {
      const { pem, CertificateArn: arn } = certificateByArn(region, CertificateArn);
      if (!pem) throw requestInProgress(arn);
      return { Certificate: pem.certificate, CertificateChain: pem.chain };
    },
  },

  /** @see https://docs.aws.amazon.com/acm/latest/APIReference/API_ListCertificates.html */
  ListCertificates: {
    inputMembers: ['CertificateStatuses', 'Includes', 'NextToken', 'MaxItems', 'SortBy', 'SortOrder'],
    run({ CertificateStatuses = [], Includes = {}, NextToken, MaxItems, SortBy, SortOrder }, region) {
      if ((SortBy === undefined) !== (SortOrder === undefined)) {
        throw invalidArguments('SortBy and SortOrder must be specified together');
      }
      const { keyTypes = LISTED_KEY_TYPES, keyUsage, extendedKeyUsage, exportOption, managedBy } = Includes;
      if (exportOption !== undefined || managedBy !== undefined) {
        throw notImplemented('lists by exportOption or managedBy');
      }
      const hasAny = (filter: readonly string[] = [], names: readonly (string | undefined)[] = []) =>
        filter.length === 0 || filter.some((name) => name === 'ANY' || names.includes(name));
      const rows = region.acm.certificates.filter(
        (row) =>
          hasAny(CertificateStatuses, [row.Status]) &&
          hasAny(keyTypes, [requestedSpelling(row.KeyAlgorithm)]) &&
          hasAny(
            keyUsage,
            row.KeyUsages?.map(({ Name }) => Name),
          ) &&
          hasAny(
            extendedKeyUsage,
            row.ExtendedKeyUsages?.map(({ Name }) => Name),
          ),
      );
      const newestFirst = SortOrder === 'DESCENDING' ? [...rows].reverse() : rows;
      const page = pageOf(newestFirst, MaxItems, NextToken, {
        defaultSize: DEFAULT_PAGE_SIZE,
        invalidToken: (token) => invalidArguments(`The pagination token '${token}' is not valid`),
      });
      return {
        CertificateSummaryList: page.rows.map((row) => summaryOf(region, row)),
        NextToken: page.next,
      };
    },
  },

  /** @see https://docs.aws.amazon.com/acm/latest/APIReference/API_UpdateCertificateOptions.html */
  UpdateCertificateOptions: {
    inputMembers: ['CertificateArn', 'Options'],
    run({ CertificateArn, Options = {} }, region) {
      const row = certificateByArn(region, CertificateArn);
      if (row.Type === 'IMPORTED')
        throw invalidState('The options of an imported certificate cannot be changed');
      if (Options.Export === 'ENABLED') throw invalidState('The option Export cannot be changed');
      row.Options = { ...row.Options, ...Options };
      return {};
    },
  },

  /** @see https://docs.aws.amazon.com/acm/latest/APIReference/API_DeleteCertificate.html */
  DeleteCertificate: {
    inputMembers: ['CertificateArn'],
    run({ CertificateArn: arn }, region) {
      const row = certificateByArn(region, arn);
      const { CertificateArn } = row;
      if (usersOfCertificate(region, row).length > 0) throw certificateInUse(CertificateArn, region.account);
      for (const event of ['acm:validate', 'acm:issue', 'acm:renew']) region.forget(event, CertificateArn);
      region.acm.certificates.delete(CertificateArn);
      return {};
    },
  },
} satisfies Operations<typeof ACM>;
