/** The rules of the stack's security groups: who may connect to whom, on which ports. Pure. */
import { isRouted, type Config } from '../config/config.ts';
import { HTTP_PORT, HTTPS_PORT } from './listeners.ts';
import { BALANCER, type GroupRule } from './security-group-rules.ts';

/** The block of all IPv4 addresses. */
const ALL_IPV4 = '0.0.0.0/0';
/** The block of all IPv6 addresses. */
export const ALL_IPV6 = '::/0';

const tcp = (port: number, peer: string): GroupRule => ({
  protocol: 'tcp',
  fromPort: port,
  toPort: port,
  peer,
});

/** The egress rule that AWS gives every new group. With it, tasks may pull their images and call any service. */
export const ALL_EGRESS: readonly GroupRule[] = [
  { protocol: '-1', fromPort: -1, toPort: -1, peer: ALL_IPV4 },
];

/**
 * Returns the ingress rules of a group. The clients may reach the load balancer, and only the load balancer may reach containers.
 */
export function ingressOf(config: Config, key: string, balancerGroupId: string): GroupRule[] {
  const { domain, ipv6, clients = [ALL_IPV4, ...(ipv6 ? [ALL_IPV6] : [])] } = config;
  if (key === BALANCER)
    return [HTTP_PORT, ...(domain?.https ? [HTTPS_PORT] : [])].flatMap((port) =>
      clients.map((block) => tcp(port, block)),
    );
  return portsOf(config, key).map((port) => tcp(port, balancerGroupId));
}

/** Returns the egress rules of the load balancer's group that lead to the containers of a service, which has this group. */
export const balancerEgressTo = (config: Config, key: string, groupId: string): GroupRule[] =>
  portsOf(config, key).map((port) => tcp(port, groupId));

/** The ports of a service behind the load balancer. Requests and health checks use the same ports. */
const portsOf = ({ services }: Config, key: string): number[] =>
  (services.find(({ name }) => name === key)?.containers ?? []).filter(isRouted).map(({ port }) => port);
