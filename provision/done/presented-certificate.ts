/** Checks a certificate that a load balancer presents and that the user has provided: its authority may be a private one. */
import { checkServerIdentity, type TLSSocket } from 'node:tls';

/**
 * The errors of a chain whose authority this machine does not know. The connection is encrypted, and a client that knows the
 * authority accepts it.
 * @see https://docs.openssl.org/3.0/man3/X509_STORE_CTX_get_error/#error-codes
 */
const UNKNOWN_AUTHORITY: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate has signed itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'this machine does not know the authority that has signed it',
  UNABLE_TO_GET_ISSUER_CERT: 'this machine does not know the authority that has signed it',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'this machine does not know the authority that has signed it',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'this machine does not know the authority that has signed it',
};

/**
 * Checks the certificate of a connection. If only its authority is unknown, it must still cover the name.
 * @returns undefined if this machine trusts the certificate; why it does not, if only the authority is unknown; otherwise the error
 */
export function checkCertificate(socket: TLSSocket, servername: string): string | Error | undefined {
  const { authorized, authorizationError } = socket;
  if (authorized) return undefined;
  const certificate = socket.getPeerCertificate();
  const code = authorizationError instanceof Error ? authorizationError.message : String(authorizationError);
  const reason = UNKNOWN_AUTHORITY[code];
  const mismatch = checkServerIdentity(servername, certificate);
  if (mismatch) return mismatch;
  if (reason === undefined) return new Error(`the certificate is not valid: ${code}`);
  return `${reason} (${code}; issuer: ${nameOf(certificate.issuer)})`;
}

const nameOf = ({ CN, O }: Readonly<Partial<Record<'CN' | 'O', string | string[]>>> = {}): string =>
  String(CN ?? O ?? 'without a name');
