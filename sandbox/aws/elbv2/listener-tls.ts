/** The TLS settings of listeners: the security policy and the default certificate. */
import type * as ELBv2 from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Region } from '../../world/region.ts';
import { certificateArnsOf } from '../acm/usage.ts';
import { checkDefaultCertificate, releaseFromListener } from './certificates.ts';
import { validation } from './errors.ts';
import { checkSslPolicy, DEFAULT_SSL_POLICY } from './ssl-policies.ts';
import type { ListenerRow } from './store.ts';

/** The TLS settings of a listener. */
export type TlsSettings = Pick<ListenerRow, 'SslPolicy' | 'Certificates'>;

/**
 * Returns the TLS settings after a call; empty for a listener without TLS.
 * @param current the settings of the existing listener, which remain unless the call names others
 */
export function checkTls(
  region: Region,
  protocol: 'HTTP' | 'HTTPS',
  { SslPolicy, Certificates }: Pick<ELBv2.CreateListenerInput, 'SslPolicy' | 'Certificates'>,
  current: TlsSettings = {},
): TlsSettings {
  if (protocol === 'HTTP') {
    if (SslPolicy !== undefined)
      throw validation('A security policy can only be specified for HTTPS listeners');
    if (Certificates?.length) throw validation('A certificate can only be specified for HTTPS listeners');
    return {};
  }
  return {
    SslPolicy: checkSslPolicy(SslPolicy ?? current.SslPolicy ?? DEFAULT_SSL_POLICY),
    Certificates:
      Certificates === undefined && current.Certificates
        ? current.Certificates
        : checkDefaultCertificate(region, Certificates),
  };
}

/** The members that only a listener with TLS has. */
const TLS_MEMBERS = ['SslPolicy', 'Certificates', 'extraCertificates'] as const;

/** Replaces the TLS settings of a listener. Certificates that it no longer uses are released. */
export function applyTls(region: Region, listener: ListenerRow, tls: TlsSettings): void {
  const before = certificateArnsOf(listener);
  if (listener.Protocol === 'HTTP') for (const member of TLS_MEMBERS) delete listener[member];
  Object.assign(listener, tls);
  const after = certificateArnsOf(listener);
  releaseFromListener(
    region,
    listener,
    before.filter((arn) => !after.includes(arn)),
  );
}
