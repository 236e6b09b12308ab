/** Finds the certificate that the stack requested, and the existing certificates that the configuration names. */
import {
  DescribeCertificateCommand,
  ListCertificatesCommand,
  ListTagsForCertificateCommand,
  type CertificateDetail,
  type CertificateSummary,
} from '@aws-sdk/client-acm';
import { isAccessDenied, isUnimplemented } from '../aws/errors.ts';
import { allPages } from '../aws/pages.ts';
import { givenCertificates, namesOfDomain } from '../config/config.ts';
import { readTags, STACK_TAG, type Tags } from '../derive/tags.ts';
import type { Ids } from '../model/architecture.ts';
import { only, ONLY, type Items } from '../model/resources.ts';
import type { LookContext } from './context.ts';
import { lookHostedZone } from './hosted-zone.ts';
import { ifFound, ifValidId } from './if-found.ts';
import { isRecordedWithoutTags, recordedIds } from './recorded.ts';

/** The record that validates a name. */
export interface ValidationRecord {
  /** Without the trailing dot. */
  readonly recordName: string;
  readonly value: string;
}

export interface FoundCertificate extends Readonly<Ids['certificate']> {
  /** All its names, sorted. */
  readonly certificateNames: readonly string[];
  /** E.g. `PENDING_VALIDATION` or `ISSUED`. */
  readonly status: string;
  /** Why it is `FAILED`, e.g. `CAA_ERROR`. */
  readonly failure: string | undefined;
  /** The ARNs of the load balancers that use it. */
  readonly inUseBy: readonly string[];
  /** The validation records by name; a name is missing until ACM has made its record. */
  readonly records: ReadonlyMap<string, ValidationRecord>;
  readonly createdAt: Date | undefined;
  readonly tags: Tags;
}

/** The states of a certificate that can never be used, or not any more. */
const DEAD_STATES = ['FAILED', 'VALIDATION_TIMED_OUT', 'EXPIRED', 'REVOKED', 'INACTIVE'];

export const isDead = ({ status }: Pick<FoundCertificate, 'status'>): boolean => DEAD_STATES.includes(status);

/** Returns the name under which a name is validated: a wildcard shares the record of its parent. */
export const validatedName = (name: string): string => name.replace(/^\*\./, '');

/** Lists contain certificates with other keys only if the request names them. */
const KEY_TYPES = ['RSA_2048', 'RSA_3072', 'RSA_4096', 'EC_prime256v1', 'EC_secp384r1'] as const;

/**
 * Our certificate has the key `ONLY`: of several, the one with the configured names, and among them the one in use. The others
 * are keyed by id, and will be removed. A certificate that the configuration names is keyed by its ARN.
 */
export const lookCertificate = (context: LookContext): Promise<Items<FoundCertificate>> =>
  context.shared('certificate', () => look(context));

async function look(context: LookContext): Promise<Items<FoundCertificate>> {
  const { config, names } = context;
  const recorded = recordedIds(context, 'certificate');
  const given = givenCertificates(config.domain);
  const [listed, givenFound] = await Promise.all([
    listCandidates(context),
    Promise.all(given.map((arn) => ifFound(() => describeCertificate(context, arn)))),
  ]);
  const arns = new Set([...recorded, ...listed.flatMap(({ CertificateArn = [] }) => CertificateArn)]);
  const tagged = await Promise.all(
    [...arns]
      .filter((arn) => !given.includes(arn))
      .map(async (arn) => [arn, await fetchTags(context, arn)] as const),
  );
  const ours = tagged.filter(
    ([arn, tags]) =>
      tags !== undefined &&
      (tags[STACK_TAG] === names.stack || isRecordedWithoutTags(context, 'certificate', tags, arn)),
  );
  const described = await Promise.all(
    ours.map(async ([arn, tags]) => {
      const detail = await ifFound(() => describeCertificate(context, arn));
      return detail ? [readCertificate(detail, tags ?? {})] : [];
    }),
  );
  const desired = config.domain ? namesOfDomain(config.domain).sort().join() : '';
  const rank = (certificate: FoundCertificate) =>
    Number(certificate.certificateNames.join() === desired) * 8 +
    Number(!isDead(certificate)) * 4 +
    Number(certificate.inUseBy.length > 0) * 2 +
    Number(recorded.includes(certificate.certificateArn));
  const [best, ...others] = described.flat().sort((one, other) => rank(other) - rank(one));
  return new Map([
    ...(best ? [[ONLY, best] as const] : []),
    ...others.map((other) => [other.certificateArn.split('/').at(-1) ?? '', other] as const),
    ...givenFound.flatMap((detail) =>
      detail ? [[detail.CertificateArn ?? '', readCertificate(detail, {})] as const] : [],
    ),
  ]);
}

/** @see https://docs.aws.amazon.com/acm/latest/APIReference/API_DescribeCertificate.html */
export async function describeCertificate(
  { aws }: Pick<LookContext, 'aws'>,
  CertificateArn: string,
): Promise<CertificateDetail | undefined> {
  const { Certificate } = await aws.acm(new DescribeCertificateCommand({ CertificateArn }));
  return Certificate;
}

/** Reads a certificate as ACM describes it. */
export function readCertificate(detail: CertificateDetail, tags: Tags): FoundCertificate {
  const { DomainName = '', SubjectAlternativeNames = [], DomainValidationOptions = [] } = detail;
  return {
    certificateArn: detail.CertificateArn ?? '',
    certificateNames: [...new Set([DomainName, ...SubjectAlternativeNames])].sort(),
    status: detail.Status ?? '',
    failure: detail.FailureReason,
    inUseBy: detail.InUseBy ?? [],
    records: new Map(
      DomainValidationOptions.flatMap(({ DomainName: name = '', ResourceRecord }) =>
        ResourceRecord?.Name && ResourceRecord.Value
          ? [
              [
                validatedName(name),
                { recordName: ResourceRecord.Name.replace(/\.$/, ''), value: ResourceRecord.Value },
              ] as const,
            ]
          : [],
      ),
    ),
    createdAt: detail.CreatedAt,
    tags,
  };
}

const fetchTags = async ({ aws }: LookContext, CertificateArn: string): Promise<Tags | undefined> => {
  const response = await ifValidId(() => aws.acm(new ListTagsForCertificateCommand({ CertificateArn })));
  return response && readTags(response.Tags);
};

/** Returns all names of a listed certificate. */
export const namesInSummary = ({
  DomainName = '',
  SubjectAlternativeNameSummaries = [],
}: CertificateSummary): string[] => [DomainName, ...SubjectAlternativeNameSummaries];

/**
 * Lists the certificates that may be ours: those with a name in the zone of the domain. A stack without HTTPS can have one only
 * if a state says so, or if the state is lost. In the latter case, a missing permission does not matter.
 * @see https://docs.aws.amazon.com/acm/latest/APIReference/API_ListCertificates.html
 */
async function listCandidates(context: LookContext): Promise<CertificateSummary[]> {
  const { domain } = context.config;
  const needsCertificate = domain?.https === true && domain.certificate === undefined;
  const isRecorded = recordedIds(context, 'certificate').length > 0;
  if (!domain || !(needsCertificate || isRecorded || context.recorded === undefined)) return [];
  try {
    const all = await listCertificates(context);
    const zone = domain.zone ?? only(await lookHostedZone(context))?.name ?? domain.name;
    return all.filter((summary) =>
      namesInSummary(summary).some((name) => name === zone || name.endsWith(`.${zone}`)),
    );
  } catch (error) {
    if (!needsCertificate && !isRecorded && (isAccessDenied(error) || isUnimplemented(error))) return [];
    throw error;
  }
}

/** Lists all certificates of the region. */
export const listCertificates = ({ aws }: Pick<LookContext, 'aws'>): Promise<CertificateSummary[]> =>
  allPages(async (NextToken) => {
    const page = await aws.acm(
      new ListCertificatesCommand({ NextToken, Includes: { keyTypes: [...KEY_TYPES] } }),
    );
    return { items: page.CertificateSummaryList ?? [], next: page.NextToken };
  });
