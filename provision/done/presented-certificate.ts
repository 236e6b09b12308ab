/** Checks a certificate that a load balancer presents and that others have provided: the user, or the owner of a shared listener. */
import { checkServerIdentity, type TLSSocket } from 'node:tls';
import type { PublicTls } from './url.ts';

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

/** The result of a check: why clients will not accept the certificate, if the requests go on; otherwise an error. */
interface CheckedCertificate {
  readonly distrust?: string | undefined;
  readonly error?: Error | undefined;
  /** The names that a certificate of someone else is for. */
  readonly names?: string;
}

/** Returns options for a connection whose certificate is checked here, and not by Node. */
export const uncheckedBy = ({ servername, isOwn, isOthers, authority }: PublicTls) => ({
  // An empty name keeps Node from sending the Host header as the name.
  servername,
  ...(authority && { ca: authority.certificate }),
  ...((isOwn || isOthers) && { rejectUnauthorized: false }),
  ...(isOthers && { checkServerIdentity: () => undefined }),
});

/** Checks the certificate of a connection that was opened with `uncheckedBy`. */
export function checkPresented(
  socket: TLSSocket,
  { servername, isOwn, isOthers }: PublicTls,
): CheckedCertificate {
  if (isOthers) return checkOthersCertificate(socket, servername);
  const checked = isOwn ? checkCertificate(socket, servername) : undefined;
  return checked instanceof Error ? { error: checked } : { distrust: checked };
}

/** Someone else chooses the certificates of a shared listener, and can still add one for a new host. */
function checkOthersCertificate(socket: TLSSocket, servername: string): CheckedCertificate {
  const certificate = socket.getPeerCertificate();
  const names = (certificate.subjectaltname ?? '').replaceAll('DNS:', '') || nameOf(certificate.subject);
  const mismatch = servername === '' ? undefined : checkServerIdentity(servername, certificate);
  const faults = [
    ...(socket.authorized
      ? []
      : [UNKNOWN_AUTHORITY[codeOfAuthorization(socket)] ?? codeOfAuthorization(socket)]),
    ...(mismatch ? [`the certificate is for ${names}, and not for ${servername}`] : []),
  ];
  return { names, ...(faults.length > 0 && { distrust: faults.join(', and ') }) };
}

const codeOfAuthorization = ({ authorizationError }: TLSSocket): string =>
  authorizationError instanceof Error ? authorizationError.message : String(authorizationError);

/**
 * Checks the certificate of a connection. If only its authority is unknown, it must still cover the name.
 * @returns undefined if this machine trusts the certificate; why it does not, if only the authority is unknown; otherwise the error
 */
function checkCertificate(socket: TLSSocket, servername: string): string | Error | undefined {
  if (socket.authorized) return undefined;
  const certificate = socket.getPeerCertificate();
  const code = codeOfAuthorization(socket);
  const reason = UNKNOWN_AUTHORITY[code];
  const mismatch = checkServerIdentity(servername, certificate);
  if (mismatch) return mismatch;
  if (reason === undefined) return new Error(`the certificate is not valid: ${code}`);
  return `${reason} (${code}; issuer: ${nameOf(certificate.issuer)})`;
}

/** Returns the name in one line: the maker of the certificate chose it. */
const nameOf = ({ CN, O }: Readonly<Partial<Record<'CN' | 'O', string | string[]>>> = {}): string =>
  String(CN ?? O ?? 'without a name').replace(/\s+/g, ' ');
