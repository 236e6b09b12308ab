/** Where a name leads on this machine: Route 53's alias or the load balancer's own name, then the listener's local port. */
import { resolve } from '../aws/route53/resolve.ts';
import type { Region } from '../world/region.ts';
import type { World } from '../world/world.ts';
import type { Balancers } from './balancers.ts';

/** @returns undefined when the name leads nowhere, or nothing listens there yet */
export function locate(
  world: World,
  balancers: Balancers,
  name: string,
  port: number,
): { host: string; port: number } | undefined {
  const [any] = world.regions();
  if (!any) return undefined;
  const answer = resolve(any, name);
  const dnsName = answer?.kind === 'alias' ? answer.dnsName : name.toLowerCase();
  for (const region of world.regions()) {
    const local = balancers.portOf(listenerOf(region, dnsName, port) ?? '');
    if (local !== undefined) return { host: '127.0.0.1', port: local };
  }
  return undefined;
}

function listenerOf({ elbv2 }: Region, dnsName: string, port: number): string | undefined {
  const balancer = elbv2.loadBalancers.find(({ DNSName }) => DNSName.toLowerCase() === dnsName);
  return elbv2.listeners.find(
    ({ LoadBalancerArn, Port }) => LoadBalancerArn === balancer?.LoadBalancerArn && Port === port,
  )?.ListenerArn;
}
