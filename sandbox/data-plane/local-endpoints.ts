/** Resolves a DNS name to the local port of a listener. The name is a Route 53 alias, or the name of a load balancer. */
import type { ListenerRow } from '../aws/elbv2/store.ts';
import { resolve } from '../aws/route53/resolve.ts';
import type { Region } from '../world/region.ts';
import type { World } from '../world/world.ts';
import type { Balancers } from './balancers.ts';
import { checkBalancerIngress } from './reachability.ts';

/** An address on this machine that serves a name. */
export interface LocalEndpoint {
  readonly host: string;
  readonly port: number;
  /** `open`, or the reason why clients of this address get no response. */
  readonly way: string;
}

/**
 * Resolves a name.
 * @param family `ipv6` asks for AAAA records, which lead to a load balancer only if it is dualstack
 * @returns undefined when the name does not resolve, or the listener is not open yet
 */
export function resolveLocally(
  world: World,
  balancers: Balancers,
  name: string,
  port: number,
  family: 'ipv4' | 'ipv6' = 'ipv4',
): LocalEndpoint | undefined {
  for (const region of world.regions()) {
    // Zones belong to the whole account, so any region of the partition resolves the name.
    const record = resolve(region, name, Math.random, family === 'ipv6' ? 'AAAA' : 'A');
    const dnsName = record?.kind === 'alias' ? record.dnsName : name.toLowerCase();
    const balancer = region.elbv2.loadBalancers.find(({ DNSName }) => DNSName.toLowerCase() === dnsName);
    const listener = balancer && listenerOf(region, balancer.LoadBalancerArn, port);
    const local = balancers.portOf(listener?.ListenerArn ?? '', family);
    if (balancer && local !== undefined)
      return {
        host: family === 'ipv6' ? '::1' : '127.0.0.1',
        port: local,
        way: checkBalancerIngress(region, balancer, port, family),
      };
  }
  return undefined;
}

const listenerOf = ({ elbv2 }: Region, balancerArn: string, port: number): ListenerRow | undefined =>
  elbv2.listeners.find(({ LoadBalancerArn, Port }) => LoadBalancerArn === balancerArn && Port === port);
