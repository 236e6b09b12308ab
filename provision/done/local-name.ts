/** Explains how to reach the printed address on a machine whose resolver does not know names below `.localhost`. */
import { lookup } from 'node:dns/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Event } from '../../lib/model/report.ts';
import type { PublicAddress } from './url.ts';

/** How long the resolver may take, milliseconds. A resolver without network can take half a minute. */
const TIMEOUT_MS = 1000;

/** Returns the addresses of a name, or rejects if the name is unknown. */
export type Resolve = (name: string) => Promise<{ readonly address: string }>;

/**
 * Returns a note for programs that cannot use the printed address. Browsers and curl resolve every name below `.localhost`
 * themselves (RFC 6761, section 6.3), but most other programs ask the machine's resolver. On many systems, the resolver does not
 * know these names.
 * @param resolve the machine's resolver
 * @returns undefined if the resolver knows the name
 */
export async function localNameNote(
  { url, host, connect, tls }: PublicAddress,
  resolve: Resolve = lookup,
): Promise<Event | undefined> {
  const { hostname } = new URL(url);
  const timeoutController = new AbortController();
  const isKnown = await Promise.race([
    resolve(hostname).then(
      ({ address }) => address === connect.host || address === '::1',
      () => false,
    ),
    delay(TIMEOUT_MS, false, { signal: timeoutController.signal, ref: false }).catch(() => false),
  ]);
  timeoutController.abort();
  if (isKnown) return undefined;
  if (!hostname.endsWith('.localhost'))
    return {
      type: 'note',
      text: `${hostname} is not known to this machine's resolver. Clients on this machine need this line in /etc/hosts: ${connect.host} ${hostname}`,
    };
  // With HTTPS, a client that requests the address would also have to send the name of the certificate, and check it.
  const others = tls
    ? `Other programs need this line in /etc/hosts: ${connect.host} ${hostname}`
    : `Other programs: http://${connect.host}:${connect.port} with Host: ${host}`;
  return {
    type: 'note',
    text: `${hostname} is known to browsers and curl, but not to this machine's resolver. ${others}`,
  };
}

/**
 * Returns a note for a URL that does not have the host of the routes, which requests must then name.
 * @returns undefined if the URL has the host
 */
export function hostNote({ url, host, tls }: PublicAddress): Event | undefined {
  if (tls || new URL(url).host === host) return undefined;
  return {
    type: 'note',
    text: `the routes are for ${host}: curl --header 'Host: ${host}' ${url}`,
  };
}

/**
 * Returns a note with a command of curl that trusts the sandbox's certificates.
 * @param path a path of the stack
 * @returns undefined without HTTPS, and on AWS, where clients trust the certificate already
 */
export function trustNote({ url, connect, tls }: PublicAddress, path: string): Event | undefined {
  if (!tls?.authority) return undefined;
  const { hostname, port } = new URL(url);
  const resolve = hostname.endsWith('.localhost') ? '' : ` --resolve ${hostname}:${port}:${connect.host}`;
  return {
    type: 'note',
    text: `an authority of the sandbox has signed the certificate: curl --cacert ${shellWord(tls.authority.file)}${resolve} ${url}${path}`,
  };
}

/** Quotes a path for a shell, if it needs quotes. */
const shellWord = (path: string): string =>
  /^[\w./~-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
