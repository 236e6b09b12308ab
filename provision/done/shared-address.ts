/** The address of a stack on the load balancer of someone else: a host that its routes name, or the load balancer's own name. */
import type { Config } from '../../lib/config/config.ts';
import { HTTP_PORT, HTTPS_PORT } from '../../lib/derive/listeners.ts';
import type { ConnectedTarget } from '../../lib/run/target.ts';
import type { PublicAddress } from './url.ts';
import { verifiedRoutes } from './verified-routes.ts';

/**
 * Returns the address. Requests connect to the load balancer itself, since its owner points names to it, possibly later. The URL has
 * the host of the first route that names one. On the sandbox, other programs do not resolve it unless it ends in `.localhost`; then
 * the URL has the load balancer's name, except with HTTPS, where certificates are only for hosts.
 * @param balancer the DNS name of the load balancer
 * @returns undefined if that name does not resolve
 */
export async function sharedAddress(
  config: Config,
  { sandbox }: Pick<ConnectedTarget, 'sandbox'>,
  balancer: string,
): Promise<PublicAddress | undefined> {
  const isSecure = config.loadBalancer?.https === true;
  const [scheme, awsPort] = isSecure ? ['https', HTTPS_PORT] : ['http', HTTP_PORT];
  const connect = sandbox ? await sandbox.resolve(balancer, awsPort) : { host: balancer, port: awsPort };
  if (!connect) return undefined;
  const host = verifiedRoutes(config).find(({ request }) => request.host !== undefined)?.request.host;
  const isShown = sandbox === undefined || isSecure || host?.endsWith('.localhost');
  const port = connect.port === awsPort ? '' : `:${connect.port}`;
  const authority = isSecure ? await sandbox?.authority() : undefined;
  return {
    url: `${scheme}://${(isShown ? host : undefined) ?? balancer}${port}`,
    host: `${host ?? balancer}${port}`,
    connect,
    ...(isSecure && { tls: { servername: host ?? '', authority, isOthers: true } }),
  };
}
