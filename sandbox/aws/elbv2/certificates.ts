/** The certificates of HTTPS listeners: a default one, and a list from which the client's server name selects. */
import type * as ELBv2 from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Certificate } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import { certificateArnsOf, releaseCertificates } from '../acm/usage.ts';
import { rowOf } from '../finder.ts';
import {
  certificateNotFound,
  notPermitted,
  tooManyCertificates,
  unsupportedCertificate,
  validation,
} from './errors.ts';
import { page } from './paging.ts';
import type { ListenerRow } from './store.ts';
import { listenersOf } from './usage.ts';

/** Default certificates do not count. */
const MAX_CERTIFICATES = 25;

/**
 * Returns the only certificate of a request.
 * @throws CertificateNotFound for a certificate that does not exist in the region, UnsupportedCertificate for one that is not issued
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html
 */
function checkCertificate(region: Region, certificates: readonly Certificate[] | undefined): string {
  const [certificate, second] = certificates ?? [];
  if (!certificate) throw validation('A certificate must be specified for HTTPS listeners');
  if (second) throw validation('Only one certificate can be specified');
  const { CertificateArn: arn, IsDefault } = certificate;
  if (!arn) throw validation('A certificate ARN must be specified');
  if (IsDefault !== undefined) throw validation("The parameter 'IsDefault' must not be specified");
  const row = region.acm.certificates.get(arn);
  if (!row) throw certificateNotFound(arn);
  if (row.Status !== 'ISSUED') throw unsupportedCertificate(arn);
  return arn;
}

/** Returns the default certificate of a listener in the form in which AWS shows it. */
export const checkDefaultCertificate = (
  region: Region,
  certificates: readonly Certificate[] | undefined,
): Certificate[] => [{ CertificateArn: checkCertificate(region, certificates) }];

/** Records that a listener of a load balancer stops using some of its certificates. */
export function releaseFromListener(
  region: Region,
  listener: ListenerRow,
  arns: readonly string[] = certificateArnsOf(listener),
): void {
  releaseCertificates(region, arns, listener.LoadBalancerArn);
}

/** @throws ValidationError for a listener without TLS */
function securedListener(region: Region, arn: string | undefined): ListenerRow {
  const listener = rowOf(region.elbv2.listeners, arn);
  if (listener.Protocol !== 'HTTPS') {
    throw validation('Certificates can only be specified for HTTPS and TLS listeners');
  }
  return listener;
}

const isDefault = ({ Certificates = [] }: ListenerRow, arn: string): boolean =>
  Certificates.some(({ CertificateArn }) => CertificateArn === arn);

export const listenerCertificateOperations = {
  /** A certificate that is already in the list stays there once. */
  AddListenerCertificates: {
    inputMembers: ['ListenerArn', 'Certificates'],
    run({ ListenerArn, Certificates }, region) {
      const listener = securedListener(region, ListenerArn);
      const arn = checkCertificate(region, Certificates);
      const extra = listener.extraCertificates ?? [];
      if (!extra.includes(arn)) {
        const count = listenersOf(region, listener.LoadBalancerArn).reduce(
          (sum, { extraCertificates = [] }) => sum + extraCertificates.length,
          1,
        );
        if (count > MAX_CERTIFICATES) throw tooManyCertificates(MAX_CERTIFICATES);
        listener.extraCertificates = [...extra, arn];
      }
      return { Certificates: [{ CertificateArn: arn, IsDefault: false }] };
    },
  },

  /** A certificate that is not in the list is not an error. */
  RemoveListenerCertificates: {
    inputMembers: ['ListenerArn', 'Certificates'],
    run({ ListenerArn, Certificates = [] }, region) {
      const listener = securedListener(region, ListenerArn);
      const [certificate, second] = Certificates;
      if (!certificate?.CertificateArn || second) throw validation('Only one certificate can be specified');
      const arn = certificate.CertificateArn;
      const extra = listener.extraCertificates ?? [];
      if (!extra.includes(arn) && isDefault(listener, arn)) {
        throw notPermitted('The default certificate of a listener cannot be removed');
      }
      listener.extraCertificates = extra.filter((other) => other !== arn);
      if (extra.includes(arn)) releaseFromListener(region, listener, [arn]);
      return {};
    },
  },

  /** A certificate that is both the default one and in the list appears twice. */
  DescribeListenerCertificates: {
    inputMembers: ['ListenerArn', 'PageSize', 'Marker'],
    run({ ListenerArn, PageSize, Marker }, region) {
      const { Certificates = [], extraCertificates = [] } = securedListener(region, ListenerArn);
      const all = [
        ...Certificates.map(({ CertificateArn }) => ({ CertificateArn, IsDefault: true })),
        ...extraCertificates.map((CertificateArn) => ({ CertificateArn, IsDefault: false })),
      ];
      const { rows, NextMarker } = page(all, PageSize, Marker);
      return { Certificates: rows, NextMarker };
    },
  },
} satisfies Operations<typeof ELBv2>;
