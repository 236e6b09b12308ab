/** How the load balancer speaks TLS to targets: any certificate will do, and no server name is sent. */

/**
 * What `node:https` takes. Without an HTTPS listener the load balancer goes by ELBSecurityPolicy-2016-08, which ends with
 * TLS 1.2; its 1.0 and 1.1 are not offered here. That it names no server is known from servers that want it to:
 * https://github.com/apache/apisix/issues/11523
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html#target-group-routing-configuration
 */
export const TLS = { rejectUnauthorized: false, servername: '', maxVersion: 'TLSv1.2' } as const;
