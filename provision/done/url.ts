/** The public address of a stack, and how this machine connects to it. */
import { only } from '../../lib/model/resources.ts';
import { HTTP_PORT, HTTPS_PORT } from '../../lib/derive/listeners.ts';
import type { Config } from '../../lib/config/config.ts';
import { failed, pending, ready, until, type ProbeResult } from '../../lib/engine/until.ts';
import { isProblem, problem, type Problem } from '../../lib/model/problem.ts';
import type { Run } from '../../lib/run/run.ts';
import type { ConnectedTarget } from '../../lib/run/target.ts';
import type { AllIds } from '../context.ts';
import { sharedAddress } from './shared-address.ts';

/** Where requests go: the URL to print, and the address that this machine connects to. */
export interface PublicAddress {
  readonly url: string;
  /** The Host header. */
  readonly host: string;
  readonly connect: { readonly host: string; readonly port: number };
  /** The protocol over TLS, if requests need HTTP/2. */
  readonly http2?: 'HTTP2' | 'GRPC';
  /** Undefined for HTTP. */
  readonly tls?: PublicTls;
}

/** The certificate of the stack, as this machine checks it. */
export interface PublicTls {
  /** The name that the certificate must cover; empty if no name is known. */
  readonly servername: string;
  /** The certificate of the authority in PEM, and its file; by default, that of a public authority. */
  readonly authority?: { readonly certificate: string; readonly file: string } | undefined;
  /** Whether the certificate is the user's own: an authority that this machine does not trust may have signed it. */
  readonly isOwn?: boolean;
  /** Whether the certificate belongs to someone else: what clients will not accept of it is only reported. */
  readonly isOthers?: boolean;
}

/**
 * Returns the address of the stack. On AWS, this is the domain, with three exceptions: if there is no domain, if the domain ends
 * in `.localhost`, or while its zone is not delegated, it is the load balancer's DNS name. On the sandbox, the sandbox's Route 53
 * resolves the name, and the port is the listener's local port. The Host header is the domain even while its zone is not
 * delegated. A stack on the load balancer of someone else has no domain; `sharedAddress` chooses its name.
 * @param isDelegated whether resolvers find the zone of the domain
 * @returns undefined if the name does not resolve
 */
export async function publicAddress(
  config: Config,
  target: ConnectedTarget,
  ids: AllIds,
  isDelegated = true,
): Promise<PublicAddress | undefined> {
  const balancer = balancerOf(ids);
  if (config.loadBalancer) return sharedAddress(config, target, balancer);
  const domain = config.domain?.name;
  const isSecure = config.domain?.https === true;
  const [scheme, awsPort] = isSecure ? ['https', HTTPS_PORT] : ['http', HTTP_PORT];
  const isOwn = config.domain?.certificate !== undefined;
  const secured =
    isSecure && domain !== undefined ? { servername: domain, ...(isOwn && { isOwn }) } : undefined;
  if (!target.sandbox) {
    const host = domain !== undefined && !domain.endsWith('.localhost') ? domain : balancer;
    const reachedHost = isDelegated ? host : balancer;
    return {
      url: `${scheme}://${secured ? domain : reachedHost}`,
      host,
      connect: { host: reachedHost, port: awsPort },
      ...(secured && { tls: secured }),
    };
  }
  const host = domain ?? balancer;
  const reachedHost = isDelegated ? host : balancer;
  const connect = await target.sandbox.resolve(reachedHost, awsPort);
  if (!connect) return undefined;
  // Only names that end in .localhost resolve to this machine automatically. A certificate is only for the domain itself.
  const shownHost = secured ? host : reachedHost.endsWith('.localhost') ? reachedHost : balancer;
  const port = connect.port === awsPort ? '' : `:${connect.port}`;
  const authority = secured && (await target.sandbox.authority());
  return {
    url: `${scheme}://${shownHost}${port}`,
    host: `${host}${port}`,
    connect,
    ...(secured && { tls: { ...secured, authority } }),
  };
}

const balancerOf = (ids: AllIds): string => only(ids.loadBalancer)?.dnsName ?? '';

/**
 * Waits until the name resolves, and returns the address. On the sandbox, waiting does not help once the load balancer's own
 * name resolves.
 * @throws UNANSWERED if the name leads nowhere
 */
export async function waitForAddress(
  run: Run,
  ...addressInputs: Parameters<typeof publicAddress>
): Promise<PublicAddress> {
  const [config, target, ids] = addressInputs;
  const balancer = balancerOf(ids);
  const name = config.domain?.name ?? balancer;
  try {
    return await until(`${name} to resolve`, run.waits.answer, probe, run);
  } catch (error) {
    if (!isProblem(error, 'FAILED_STATE', 'TIMEOUT')) throw error;
    const { zone, zoneId } = config.domain ?? {};
    throw leadsNowhere(name, zone ?? (zoneId && `the zone ${zoneId}`), error);
  }

  async function probe(): Promise<ProbeResult<PublicAddress>> {
    const address = await publicAddress(...addressInputs);
    if (address) return ready(address);
    const isBalancerUp =
      name !== balancer && (await target.sandbox?.resolve(balancer, HTTP_PORT)) !== undefined;
    return isBalancerUp
      ? failed(`${name} does not resolve, although the load balancer's own name, ${balancer}, does.`)
      : pending(`${name} does not resolve`);
  }
}

const leadsNowhere = (name: string, zone: string | undefined, cause: Problem): Problem =>
  problem('UNANSWERED', {
    what: `${name} leads nowhere.`,
    why: cause.why,
    now: 'Everything is created, and healthy according to AWS.',
    fix: [
      ...(zone === undefined ? [] : [`Make the parent of ${zone}, or its registrar, delegate to this zone.`]),
      'npm run provision, to check again',
    ],
    cause,
  });
