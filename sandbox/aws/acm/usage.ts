/** The load balancers that use a certificate. */
import type { Region } from '../../world/region.ts';
import { durations } from '../../world/durations.ts';
import type { CertificateRow } from './store.ts';

/** Returns the ARNs of all certificates of a listener, the default one first. */
export const certificateArnsOf = (listener: {
  readonly Certificates?: readonly { readonly CertificateArn?: string | undefined }[] | undefined;
  readonly extraCertificates?: readonly string[] | undefined;
}): string[] => [
  ...(listener.Certificates ?? []).flatMap(({ CertificateArn }) => CertificateArn ?? []),
  ...(listener.extraCertificates ?? []),
];

/** Returns the ARNs of the load balancers that use a certificate. A former user counts for some seconds. */
export function usersOfCertificate(region: Region, { CertificateArn, released }: CertificateRow): string[] {
  const current = region.elbv2.listeners
    .filter((listener) => certificateArnsOf(listener).includes(CertificateArn))
    .map(({ LoadBalancerArn }) => LoadBalancerArn);
  const former = released && released.until > region.now() ? [released.loadBalancerArn] : [];
  return [...new Set([...current, ...former])];
}

/** Records that listeners of a load balancer stop using certificates. */
export function releaseCertificates(region: Region, arns: readonly string[], loadBalancerArn: string): void {
  for (const arn of arns) {
    const certificate = region.acm.certificates.get(arn);
    if (!certificate) continue;
    const until = new Date(region.now().getTime() + region.scaled(durations.certificateRelease));
    certificate.released = { loadBalancerArn, until };
  }
}
