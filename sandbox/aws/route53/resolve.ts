/** Resolves names in the sandbox's hosted zones, as a resolver on the internet would. */
import type { Region } from '../../world/region.ts';
import { isWithin, labelsOf, normalName, WILDCARD } from './names.ts';
import type { HostedZoneRow, RecordRow } from './store.ts';

/** The answer for a name: IP addresses, or a name outside the hosted zones, such as the DNS name of a load balancer. */
export type Answer =
  | { readonly kind: 'alias'; readonly dnsName: string }
  | { readonly kind: 'values'; readonly values: string[] };

/** The maximum number of aliases and CNAMEs to follow. They may form a cycle, so resolvers give up after a few of them. */
const MAX_HOPS = 8;

/**
 * Resolves a name in the hosted zones of the account.
 * @param name in upper or lower case, with or without a trailing dot
 * @param draw returns a number from 0 to less than 1, which selects among weighted record sets
 * @param type the type of the query. By default, A; if there is no such record set, AAAA
 * @returns `values` with IP addresses, or `alias` when aliases and CNAMEs lead to a name outside all zones, such as the name
 * of a load balancer. The alias is in lower case, without `dualstack.` and without a trailing dot. Undefined when no zone has
 * the name.
 */
export function resolve(
  region: Region,
  name: string,
  draw: () => number = Math.random,
  type: 'A' | 'AAAA' = 'A',
): Answer | undefined {
  let next = normalName(name);
  for (let hop = 0; hop < MAX_HOPS; hop++) {
    const zone = answeringZone(region, next);
    // A name outside all zones ends the resolution. If the requested name itself is outside, there is no answer.
    if (!zone) return hop === 0 ? undefined : { kind: 'alias', dnsName: bareDnsName(next) };
    const records = recordsFor(zone, next);
    const record =
      (type === 'A' ? choose(ofType(records, 'A'), draw) : undefined) ??
      choose(ofType(records, 'AAAA'), draw) ??
      choose(ofType(records, 'CNAME'), draw);
    if (!record) return undefined;
    const target = record.AliasTarget?.DNSName ?? (record.Type === 'CNAME' ? valuesOf(record)[0] : undefined);
    if (target === undefined) return { kind: 'values', values: addresses(records, record) };
    next = normalName(target);
  }
  return undefined;
}

/**
 * Returns the zone that answers for a name. Like a resolver, the search starts at the outermost zone of the account that
 * contains the name, and follows each delegation from there. A zone below the outermost one answers only if the zone above
 * delegates to it.
 * @returns undefined when there is no such zone, or the name is delegated to name servers outside the account
 * @see https://www.rfc-editor.org/rfc/rfc1034#section-4.3.2
 */
export function answeringZone(region: Region, name: string): HostedZoneRow | undefined {
  let zone = outermostZone(region, name);
  for (;;) {
    const delegation = zone && delegationIn(zone, name);
    if (!delegation) return zone;
    zone = region.route53.zones.find(
      ({ Name, nameServers }) => Name === delegation.Name && sharesServer(nameServers, valuesOf(delegation)),
    );
  }
}

/**
 * Returns the outermost zone that contains a name. The domain's registrar delegates to this zone. If several zones have
 * the same name, the registrar delegates to the oldest of them.
 */
const outermostZone = (region: Region, name: string): HostedZoneRow | undefined =>
  region.route53.zones
    .filter((zone) => isWithin(name, zone.Name))
    .reduce<HostedZoneRow | undefined>(
      (best, zone) => (best && best.Name.length <= zone.Name.length ? best : zone),
      undefined,
    );

/** Returns the NS record set with which a zone delegates a name. If several match, the outermost one counts. */
const delegationIn = (zone: HostedZoneRow, name: string): RecordRow | undefined =>
  zone.records
    .filter((record) => record.Type === 'NS' && record.Name !== zone.Name && isWithin(name, record.Name))
    .sort((one, other) => one.Name.length - other.Name.length)[0];

const sharesServer = (servers: readonly string[], delegated: readonly string[]): boolean =>
  servers.some((server) => delegated.some((value) => normalName(value) === normalName(server)));

/**
 * Returns the name servers to which the parent of a zone delegates the zone. Each name server has a trailing dot.
 * @param name the name of the zone, with or without a trailing dot
 * @returns an empty list when the parent does not delegate the name
 */
export function delegatedServers(region: Region, name: string): string[] {
  const zoneName = normalName(name);
  const outermost = outermostZone(region, zoneName);
  if (outermost?.Name === zoneName) return outermost.nameServers.map((server) => `${server}.`);
  const parent = answeringZone(region, labelsOf(zoneName).slice(1).join('.').concat('.'));
  const delegation = parent && delegationIn(parent, zoneName);
  return delegation?.Name === zoneName ? valuesOf(delegation) : [];
}

/**
 * Returns the record sets that answer for a name: its own record sets or, if the name does not exist, those of a wildcard.
 * @see https://www.rfc-editor.org/rfc/rfc4592#section-3.3
 */
export function recordsFor(zone: HostedZoneRow, name: string): RecordRow[] {
  const exists = (node: string) => zone.records.some((record) => isWithin(record.Name, node));
  const recordsAt = (node: string) => zone.records.filter((record) => record.Name === node);
  if (exists(name)) return recordsAt(name);
  const labels = labelsOf(name);
  for (let depth = 1; depth <= labels.length; depth++) {
    const encloser = `${labels.slice(depth).join('.')}.`;
    if (exists(encloser)) return recordsAt(`${WILDCARD}.${encloser}`);
  }
  return [];
}

const ofType = (records: readonly RecordRow[], type: RecordRow['Type']): RecordRow[] =>
  records.filter((record) => record.Type === type);

/**
 * Selects one of several record sets of the same name and type, by weight if they have weights.
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-weighted.html
 */
function choose(records: readonly RecordRow[], draw: () => number): RecordRow | undefined {
  const [first] = records;
  if (first?.Weight === undefined) return first;
  const total = records.reduce((sum, { Weight = 0 }) => sum + Weight, 0);
  // Record sets that all have weight 0 are equally likely.
  const weightOf = (record: RecordRow) => (total === 0 ? 1 : (record.Weight ?? 0));
  let remaining = draw() * (total || records.length);
  return records.find((record) => (remaining -= weightOf(record)) < 0);
}

/** Returns the addresses of the chosen record set. A multivalue answer has the addresses of all record sets of the type. */
function addresses(records: readonly RecordRow[], chosen: RecordRow): string[] {
  return chosen.MultiValueAnswer ? ofType(records, chosen.Type).flatMap(valuesOf) : valuesOf(chosen);
}

/** Returns the values of a record set; empty for an alias. */
export const valuesOf = (record: RecordRow): string[] =>
  (record.ResourceRecords ?? []).flatMap(({ Value }) => Value ?? []);

const bareDnsName = (name: string): string => name.replace(/\.$/, '').replace(/^dualstack\./, '');
