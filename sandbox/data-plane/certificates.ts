/** The TLS settings of listeners for the data plane: the issued certificates, and what the security policy allows. */
import { certificateArnsOf } from '../aws/acm/usage.ts';
import type { CertificateRow } from '../aws/acm/store.ts';
import { sslPolicy } from '../aws/elbv2/ssl-policies.ts';
import type { ListenerCertificate, TlsView } from '../balancer/view.ts';
import type { Region } from '../world/region.ts';

/** The certificates as the data plane uses them, by their contents: a renewed certificate has new contents. */
const known = new WeakMap<object, ListenerCertificate>();

function usable({
  pem,
  SubjectAlternativeNames,
  NotAfter = new Date(0),
}: CertificateRow): ListenerCertificate[] {
  if (!pem) return [];
  const certificate = known.get(pem) ?? { ...pem, names: SubjectAlternativeNames, notAfter: NotAfter };
  known.set(pem, certificate);
  return [certificate];
}

/** Returns the TLS settings of a listener; undefined for a listener without TLS. */
export function tlsViewOf(region: Region, listenerArn: string): TlsView | undefined {
  const listener = region.elbv2.listeners.get(listenerArn);
  if (listener?.Protocol !== 'HTTPS') return undefined;
  const rows = certificateArnsOf(listener).flatMap((arn) => region.acm.certificates.get(arn) ?? []);
  return { certificates: rows.flatMap(usable), ...sslPolicy(listener.SslPolicy) };
}
