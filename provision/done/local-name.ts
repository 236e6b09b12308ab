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
  { url, host, connect }: PublicAddress,
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
  const direct = `http://${connect.host}:${connect.port}`;
  return {
    type: 'note',
    text: `${hostname} is known to browsers and curl, but not to this machine's resolver. Other programs: ${direct} with Host: ${host}`,
  };
}
