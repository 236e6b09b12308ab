/** The DNS names of load balancers, and AWS's hosted zone for them. */
import type { Region } from '../../world/region.ts';
import { digits } from './arns.ts';

/** A constant per region in AWS, which Route 53 aliases must name. Here it is that of us-east-1 everywhere. */
export const CANONICAL_HOSTED_ZONE_ID = 'Z35SXDOTRQ7X7K';

/**
 * AWS's names end in `elb.amazonaws.com`. Every name below `.localhost` resolves to this machine (RFC 6761), where the
 * sandbox's load balancers listen.
 */
export const BALANCER_DOMAIN = 'elb.amazonaws.localhost';

/** Returns a new name: `<name>-<10 digits>.<region>.` and the domain. */
export function newDnsName(region: Region, name: string, scheme: string): string {
  const number = (BigInt(`0x${digits(region)}`) % 10n ** 10n).toString().padStart(10, '0');
  const prefix = scheme === 'internal' ? 'internal-' : '';
  return `${prefix}${name}-${number}.${region.name}.${BALANCER_DOMAIN}`;
}

/** Adds a load balancer's name to the zone, where aliases of the whole account find it. */
export function publish(region: Region, dnsName: string, loadBalancerArn: string): void {
  region.route53.balancerNames.set(keyOf(dnsName), { loadBalancerArn });
}

export function withdraw(region: Region, dnsName: string): void {
  region.route53.balancerNames.delete(keyOf(dnsName));
}

const keyOf = (dnsName: string): string => `${dnsName.toLowerCase()}.`;
