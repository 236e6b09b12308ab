/** The public address of a stack, and how this machine connects to it. */
import { only } from '../../lib/model/resources.ts';
import type { Config } from '../../lib/config/config.ts';
import type { OpenTarget } from '../../lib/run/target.ts';
import type { AllIds } from '../context.ts';

/** Where requests go: the URL to print, and the address that this machine connects to. */
export interface PublicAddress {
  readonly url: string;
  /** The Host header. */
  readonly host: string;
  readonly connect: { readonly host: string; readonly port: number };
}

const HTTP = 80;

/**
 * Returns the address of the stack. On AWS, this is the domain. Without a domain, or if the domain ends in `.localhost`, it is
 * the load balancer's DNS name. On the sandbox, the sandbox's Route 53 resolves the name, and the port is the listener's local
 * port.
 * @returns undefined if the name does not resolve yet
 */
export async function publicAddress(
  config: Config,
  target: OpenTarget,
  ids: AllIds,
): Promise<PublicAddress | undefined> {
  const balancer = only(ids.loadBalancer)?.dnsName ?? '';
  const domain = config.domain?.name;
  if (!target.sandbox) {
    const host = domain !== undefined && !domain.endsWith('.localhost') ? domain : balancer;
    return { url: `http://${host}`, host, connect: { host, port: HTTP } };
  }
  const host = domain ?? balancer;
  const connect = await target.sandbox.resolve(host, HTTP);
  if (!connect) return undefined;
  // Only names that end in .localhost resolve to this machine automatically.
  const shownHost = host.endsWith('.localhost') ? host : balancer;
  const port = connect.port === HTTP ? '' : `:${connect.port}`;
  return { url: `http://${shownHost}${port}`, host: `${host}${port}`, connect };
}
