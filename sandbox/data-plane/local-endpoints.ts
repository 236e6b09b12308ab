/** Where a name leads on this machine: Route 53's alias or the load balancer's own name, then the listener's local port. */
import type { ListenerRow } from '../aws/elbv2/store.ts';
import { resolve } from '../aws/route53/resolve.ts';
import type { Region } from '../world/region.ts';
import type { World } from '../world/world.ts';
import type { Balancers } from './balancers.ts';
import { checkBalancerIngress } from './reachability.ts';

/** A place on this machine. */
export interface LocalEndpoint {
  readonly host: string;
  readonly port: number;
  /** `open`, or why a client that connects there hears nothing. */
  readonly way: string;
}

/** @returns undefined when the name leads nowhere, or nothing listens there yet */
export function resolveLocally(
  world: World,
  balancers: Balancers,
  name: string,
  port: number,
): LocalEndpoint | undefined {
  const [any] = world.regions();
  if (!any) return undefined;
  const answer = resolve(any, name);
  const dnsName = answer?.kind === 'alias' ? answer.dnsName : name.toLowerCase();
  for (const region of world.regions()) {
    const balancer = region.elbv2.loadBalancers.find(({ DNSName }) => DNSName.toLowerCase() === dnsName);
    const listener = balancer && listenerOf(region, balancer.LoadBalancerArn, port);
    const local = balancers.portOf(listener?.ListenerArn ?? '');
    if (balancer && local !== undefined)
      return { host: '127.0.0.1', port: local, way: checkBalancerIngress(region, balancer, port) };
  }
  return undefined;
}

const listenerOf = ({ elbv2 }: Region, balancerArn: string, port: number): ListenerRow | undefined =>
  elbv2.listeners.find(({ LoadBalancerArn, Port }) => LoadBalancerArn === balancerArn && Port === port);
