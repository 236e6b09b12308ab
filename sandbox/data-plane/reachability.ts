/** Determines whether clients can reach a load balancer, and where its targets listen on this machine. */
import type { LoadBalancerRow } from '../aws/elbv2/store.ts';
import type { Reachability } from '../balancer/view.ts';
import { checkIpv6Ingress } from '../network/ipv6-ingress.ts';
import { checkIngress, checkIngressWithin, someInterfaceReaches } from '../network/reachability.ts';
import { localAddress } from '../runtime/ports.ts';
import type { Region } from '../world/region.ts';

/**
 * Checks whether clients can reach a port of a load balancer: clients in its subnets if it is internal, else clients on the
 * internet. One reachable node is enough, because clients
 * try the addresses of a name in turn.
 * @returns `open`, or the reason why clients cannot reach it
 */
export function checkBalancerIngress(
  region: Region,
  { LoadBalancerName, Scheme, SecurityGroups = [], interfaceIds }: LoadBalancerRow,
  port: number,
  family: 'ipv4' | 'ipv6' = 'ipv4',
): 'open' | (string & {}) {
  const checkIpv4 = Scheme === 'internal' ? checkIngressWithin : checkIngress;
  const check = family === 'ipv6' ? checkIpv6Ingress : checkIpv4;
  const results = interfaceIds
    .flatMap((id) => region.ec2.networkInterfaces.get(id)?.SubnetId ?? [])
    .map((subnetId) => check(region, subnetId, SecurityGroups, port));
  return results.find((result) => result === 'open') ?? results[0] ?? `${LoadBalancerName} is in no subnet`;
}

/**
 * Returns the address of a target on this machine.
 * @returns `timeout` when the security groups or network ACLs do not admit the connection, `refused` when nothing listens
 *   on the port
 */
export function locateTarget(
  region: Region,
  balancer: LoadBalancerRow,
  target: { readonly id: string; readonly port: number },
  folderOf: (taskArn: string) => string,
): Reachability {
  const task = region.ecs.tasks.find(
    ({ privateIp, lastStatus, networkInterfaceId }) =>
      privateIp === target.id && lastStatus !== 'STOPPED' && isInVpcOf(region, balancer, networkInterfaceId),
  );
  const receiver = region.ec2.networkInterfaces.get(task?.networkInterfaceId);
  // Any node of the load balancer is enough. The sandbox does not model which node sends a request.
  const isAdmitted = receiver && someInterfaceReaches(region, balancer.interfaceIds, receiver, target.port);
  if (!task || !isAdmitted) return 'timeout';
  const address = localAddress(folderOf(task.taskArn), target.port);
  return typeof address === 'object' ? address : 'refused';
}

/** Whether an interface is in the load balancer's VPC. Addresses are unique only within a VPC. */
const isInVpcOf = (
  { ec2 }: Region,
  { VpcId }: LoadBalancerRow,
  networkInterfaceId: string | undefined,
): boolean => ec2.networkInterfaces.get(networkInterfaceId)?.VpcId === VpcId;
