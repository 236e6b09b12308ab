/** The DNS names of load balancers, and AWS's hosted zone for them. */
import type { Region } from '../../world/region.ts';
import { newHexDigits } from './arns.ts';

/** The hosted zone that Route 53 aliases must name. AWS has one such zone per region. The sandbox has only us-east-1's. */
export const CANONICAL_HOSTED_ZONE_ID = 'Z35SXDOTRQ7X7K';

/**
 * The domain of the DNS names. On AWS it is `elb.amazonaws.com`. In the sandbox, load balancers listen on this machine, and
 * names below `.localhost` resolve to this machine (RFC 6761).
 */
export const BALANCER_DOMAIN = 'elb.amazonaws.localhost';

/** Returns a new DNS name, `<name>-<10 digits>.<region>.<domain>`. An internal load balancer's name has the prefix `internal-`. */
export function newDnsName(region: Region, name: string, scheme: string): string {
  const number = (BigInt(`0x${newHexDigits(region)}`) % 10n ** 10n).toString().padStart(10, '0');
  const prefix = scheme === 'internal' ? 'internal-' : '';
  return `${prefix}${name}-${number}.${region.name}.${BALANCER_DOMAIN}`;
}

/** Adds a load balancer's DNS name to the hosted zone, so that aliases anywhere in the account can target it. */
export function addDnsName(region: Region, dnsName: string, loadBalancerArn: string): void {
  region.route53.balancerNames.set(keyOf(dnsName), { loadBalancerArn });
}

export function removeDnsName(region: Region, dnsName: string): void {
  region.route53.balancerNames.delete(keyOf(dnsName));
}

const keyOf = (dnsName: string): string => `${dnsName.toLowerCase()}.`;
