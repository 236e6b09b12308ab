/** The DNS names of load balancers. These names are in AWS's hosted zones, not in the account's. */
import type { Region } from '../../world/region.ts';
import { newHexDigits } from './arns.ts';
import { canonicalHostedZoneId, EARLIER_ZONE_ID } from './hosted-zones.ts';

/**
 * The domain of the DNS names. On AWS it is `elb.amazonaws.com`. In the sandbox, load balancers listen on this machine, and
 * names below `.localhost` resolve to this machine (RFC 6761).
 */
const BALANCER_DOMAIN = 'elb.amazonaws.localhost';

/** Matches the DNS name of a load balancer in Route 53's form, and captures the region. */
const NAME_IN_REGION = new RegExp(`\\.([a-z0-9-]+)\\.${BALANCER_DOMAIN.replaceAll('.', '\\.')}\\.$`);

/** Returns a new DNS name, `<name>-<10 digits>.<region>.<domain>`. An internal load balancer's name has the prefix `internal-`. */
export function newDnsName(region: Region, name: string, scheme: string): string {
  const number = (BigInt(`0x${newHexDigits(region)}`) % 10n ** 10n).toString().padStart(10, '0');
  const prefix = scheme === 'internal' ? 'internal-' : '';
  return `${prefix}${name}-${number}.${region.name}.${BALANCER_DOMAIN}`;
}

/** Adds a load balancer's DNS name to the hosted zone, so that aliases anywhere in the account can target it. */
export function addDnsName(region: Region, dnsName: string, loadBalancerArn: string): void {
  region.route53.balancerNames.set(keyOf(dnsName), {
    loadBalancerArn,
    hostedZoneId: canonicalHostedZoneId(region.name),
  });
}

/** Returns the id of the hosted zone that contains a load balancer's DNS name, or undefined for any other name. */
export function zoneIdOfBalancerName(region: Region, dnsName: string): string | undefined {
  const row = region.route53.balancerNames.get(dnsName);
  if (row) return row.hostedZoneId ?? EARLIER_ZONE_ID;
  const [, regionName] = NAME_IN_REGION.exec(dnsName) ?? [];
  return regionName && canonicalHostedZoneId(regionName);
}

export function removeDnsName(region: Region, dnsName: string): void {
  region.route53.balancerNames.delete(keyOf(dnsName));
}

const keyOf = (dnsName: string): string => `${dnsName.toLowerCase()}.`;
