/** TLS from the load balancer to targets: it accepts any certificate and sends no server name. */

/**
 * Options for `node:https`. Without an HTTPS listener the load balancer uses ELBSecurityPolicy-2016-08, whose newest
 * version is TLS 1.2. The sandbox does not offer the policy's older versions, 1.0 and 1.1. The load balancer sends no
 * server name, according to a user whose server requires one:
 * https://github.com/apache/apisix/issues/11523
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html#target-group-routing-configuration
 */
export const TLS = { rejectUnauthorized: false, servername: '', maxVersion: 'TLSv1.2' } as const;
