/** The listeners of the load balancer: their keys, ports and settings. Pure. */
import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Config } from '../config/config.ts';
import { ONLY } from '../model/resources.ts';

export const HTTP_PORT = 80;
export const HTTPS_PORT = 443;
/** The key of the listener on port 443. The listener on port 80 is older, and has no key. */
export const HTTPS = 'https';

/** The port of each listener, under its key. */
export const PORTS: ReadonlyMap<string, number> = new Map([
  [ONLY, HTTP_PORT],
  [HTTPS, HTTPS_PORT],
]);

/** The key of the listener whose rules forward requests. */
export const servingListener = ({ domain, loadBalancer }: Pick<Config, 'domain' | 'loadBalancer'>): string =>
  domain?.https || loadBalancer?.https ? HTTPS : ONLY;

/**
 * The policy that AWS recommends: TLS 1.2 and 1.3 with forward secrecy, and key exchange that resists quantum computers for
 * clients that have it. Without a policy, the API uses one of 2016 that allows TLS 1.0.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
 */
export const SSL_POLICY = 'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09';

/** Redirects every request to the same URL with HTTPS. */
export const REDIRECT_TO_HTTPS: Action = {
  Type: 'redirect',
  RedirectConfig: {
    Protocol: 'HTTPS',
    Port: String(HTTPS_PORT),
    Host: '#{host}',
    Path: '/#{path}',
    Query: '#{query}',
    StatusCode: 'HTTP_301',
  },
};
