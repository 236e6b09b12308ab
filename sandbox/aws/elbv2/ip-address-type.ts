/** Address types of load balancers: a dualstack load balancer also has an IPv6 address in each subnet. */
import type { IpAddressType } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Region } from '../../world/region.ts';
import { hasIpv6 } from '../ec2/ipv6-blocks.ts';
import type { SubnetRow } from '../ec2/store.ts';
import { notImplemented, validation } from './errors.ts';
import type { LoadBalancerRow } from './store.ts';

/** @throws ValidationError for dualstack, unless every subnet has an IPv6 block */
export function checkIpAddressType(
  region: Region,
  type: IpAddressType = 'ipv4',
  subnets: readonly SubnetRow[],
): IpAddressType {
  if (type === 'dualstack-without-public-ipv4') throw notImplemented(`the IP address type ${type}`);
  if (type === 'dualstack' && !subnets.every((subnet) => hasIpv6(region, subnet)))
    throw validation('You must specify subnets with an associated IPv6 CIDR block.');
  return type;
}

/** Gives the interfaces of a load balancer IPv6 addresses, or takes these addresses away, depending on its address type. */
export function assignIpv6Addresses(region: Region, { interfaceIds, IpAddressType }: LoadBalancerRow): void {
  for (const id of interfaceIds) {
    const networkInterface = region.ec2.networkInterfaces.get(id);
    const block = region.ec2.subnets.get(networkInterface?.SubnetId)?.ipv6Block?.block;
    if (!networkInterface) continue;
    const digits = id.slice(-8);
    networkInterface.Ipv6Addresses =
      IpAddressType === 'dualstack' && block !== undefined
        ? [{ Ipv6Address: block.replace(/::\/64$/, `::${digits.slice(0, 4)}:${digits.slice(4)}`) }]
        : [];
  }
}
