/** The address of a stack, and how this machine gets there. */
import { only } from '../../lib/model/resources.ts';
import type { Config } from '../../lib/config/config.ts';
import type { OpenTarget } from '../../lib/run/target.ts';
import type { AllIds } from '../context.ts';

/** Where requests go: the URL to print, and the address that this machine connects to. */
export interface PublicAddress {
  readonly url: string;
  /** What the Host header says. */
  readonly host: string;
  readonly connect: { readonly host: string; readonly port: number };
}

const HTTP = 80;

/**
 * The address of the stack. On the sandbox the name is looked up in its Route 53 and the port is the local one of the
 * listener; on AWS it is the domain, unless that is a `.localhost` name, which leads nowhere there.
 * @returns undefined when the name leads nowhere yet
 */
export async function publicAddress(
  config: Config,
  place: OpenTarget,
  made: AllIds,
): Promise<PublicAddress | undefined> {
  const balancer = only(made.loadBalancer)?.dnsName ?? '';
  const domain = config.domain?.name;
  if (!place.sandbox) {
    const host = domain !== undefined && !domain.endsWith('.localhost') ? domain : balancer;
    return { url: `http://${host}`, host, connect: { host, port: HTTP } };
  }
  const host = domain ?? balancer;
  const connect = await place.sandbox.resolve(host, HTTP);
  if (!connect) return undefined;
  // Only names that end in .localhost lead to this machine by themselves.
  const shown = host.endsWith('.localhost') ? host : balancer;
  const port = connect.port === HTTP ? '' : `:${connect.port}`;
  return { url: `http://${shown}${port}`, host: `${host}${port}`, connect };
}
