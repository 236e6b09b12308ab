/** The ways to and from a load balancer: whether clients get to it, and where its targets are on this machine. */
import type { LoadBalancerRow } from '../aws/elbv2/store.ts';
import type { Reachability } from '../balancer/view.ts';
import { groupsAdmit, checkIngress } from '../network/reachability.ts';
import { localAddress } from '../runtime/ports.ts';
import type { Region } from '../world/region.ts';

/**
 * Whether clients on the internet get to a port of a load balancer.
 * One of its nodes is enough: clients try the addresses of a name one after the other.
 * @returns `open`, or the reason why not, in words
 */
export function checkBalancerIngress(
  region: Region,
  { LoadBalancerName, Scheme, SecurityGroups = [], interfaceIds }: LoadBalancerRow,
  port: number,
): 'open' | (string & {}) {
  if (Scheme !== 'internet-facing') return `${LoadBalancerName} is ${Scheme}: its addresses are private`;
  const ways = interfaceIds
    .flatMap((id) => region.ec2.networkInterfaces.get(id)?.SubnetId ?? [])
    .map((subnetId) => checkIngress(region, subnetId, SecurityGroups, port));
  return ways.find((way) => way === 'open') ?? ways[0] ?? `${LoadBalancerName} is in no subnet`;
}

/**
 * Where a target of a load balancer really is.
 * A packet that no group admits vanishes (`timeout`); an address with nobody behind the port says so (`refused`).
 */
export async function locateTarget(
  region: Region,
  balancer: LoadBalancerRow,
  target: { readonly id: string; readonly port: number },
  folderOf: (taskArn: string) => string,
): Promise<Reachability> {
  const task = region.ecs.tasks.find(
    ({ privateIp, lastStatus, networkInterfaceId }) =>
      privateIp === target.id && lastStatus !== 'STOPPED' && isIn(region, balancer, networkInterfaceId),
  );
  if (!task || !isAdmitted(region, balancer, task.securityGroups, target)) return 'timeout';
  const address = await localAddress(folderOf(task.taskArn), target.port);
  return typeof address === 'object' ? address : 'refused';
}

/** Addresses are unique in a VPC, not in a region. */
const isIn = ({ ec2 }: Region, { VpcId }: LoadBalancerRow, networkInterfaceId: string | undefined): boolean =>
  ec2.networkInterfaces.get(networkInterfaceId)?.VpcId === VpcId;

/** One of the load balancer's nodes getting through is enough: which one a request comes from is not modelled. */
function isAdmitted(
  region: Region,
  { SecurityGroups = [], interfaceIds }: LoadBalancerRow,
  toGroups: readonly string[],
  { id: toIp, port }: { readonly id: string; readonly port: number },
): boolean {
  return interfaceIds
    .flatMap((id) => region.ec2.networkInterfaces.get(id)?.PrivateIpAddress ?? [])
    .some((fromIp) => groupsAdmit(region, { fromGroups: SecurityGroups, fromIp, toGroups, toIp, port }));
}
