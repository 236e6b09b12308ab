/** The authoritative answer of the sandbox's hosted zones for a name, as a resolver on the internet would get it. */
import type { Region } from '../../world/region.ts';
import { isWithin, labelsOf, normalName, WILDCARD } from './names.ts';
import type { HostedZoneRow, RecordRow } from './store.ts';

/** The answer for a name: the DNS name of a load balancer, or IP addresses. */
export type Answer =
  | { readonly kind: 'alias'; readonly dnsName: string }
  | { readonly kind: 'values'; readonly values: string[] };

/** The maximum number of hops: aliases and CNAMEs may form a cycle, and resolvers give up after a few. */
const MOST_HOPS = 8;

/**
 * Resolves a name in the hosted zones of the account.
 * @param name with or without a trailing dot, in any case
 * @param draw returns a number from 0 to less than 1, which selects among weighted record sets
 * @returns `values` with IP addresses; `alias` when aliases and CNAMEs lead to a name outside all zones, e.g. a load
 * balancer's, in lower case and without `dualstack.` and a trailing dot; undefined when no zone has the name
 */
export function resolve(region: Region, name: string, draw: () => number = Math.random): Answer | undefined {
  let next = normalName(name);
  for (let hop = 0; hop < MOST_HOPS; hop++) {
    const zone = zoneOf(region, next);
    // A name outside all zones ends the resolution; if it is the requested name itself, there is no answer.
    if (!zone) return hop === 0 ? undefined : { kind: 'alias', dnsName: balancerName(next) };
    const records = recordsFor(zone, next);
    const record =
      choose(typed(records, 'A'), draw) ??
      choose(typed(records, 'AAAA'), draw) ??
      choose(typed(records, 'CNAME'), draw);
    if (!record) return undefined;
    const target = record.AliasTarget?.DNSName ?? (record.Type === 'CNAME' ? valuesOf(record)[0] : undefined);
    if (target === undefined) return { kind: 'values', values: addresses(records, record) };
    next = normalName(target);
  }
  return undefined;
}

/**
 * Returns the zone that answers for a name: the one with the longest name. Among zones with the same name, the oldest one
 * answers, since the parent domain delegates to its name servers.
 */
function zoneOf(region: Region, name: string): HostedZoneRow | undefined {
  return region.route53.zones
    .filter((zone) => isWithin(name, zone.Name))
    .reduce<HostedZoneRow | undefined>(
      (best, zone) => (best && best.Name.length >= zone.Name.length ? best : zone),
      undefined,
    );
}

/**
 * Returns the record sets that answer for a name: the name's record sets or, for an unknown name, those of a wildcard.
 * @see https://www.rfc-editor.org/rfc/rfc4592#section-3.3
 */
function recordsFor(zone: HostedZoneRow, name: string): RecordRow[] {
  const exists = (node: string) => zone.records.some((record) => isWithin(record.Name, node));
  const at = (node: string) => zone.records.filter((record) => record.Name === node);
  if (exists(name)) return at(name);
  const labels = labelsOf(name);
  for (let depth = 1; depth <= labels.length; depth++) {
    const encloser = `${labels.slice(depth).join('.')}.`;
    if (exists(encloser)) return at(`${WILDCARD}.${encloser}`);
  }
  return [];
}

const typed = (records: readonly RecordRow[], type: RecordRow['Type']): RecordRow[] =>
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
  const weight = (record: RecordRow) => (total === 0 ? 1 : (record.Weight ?? 0));
  let left = draw() * (total || records.length);
  return records.find((record) => (left -= weight(record)) < 0);
}

/** Returns the addresses of a record set; a multivalue answer contains the addresses of all its record sets. */
function addresses(records: readonly RecordRow[], chosen: RecordRow): string[] {
  return chosen.MultiValueAnswer ? typed(records, chosen.Type).flatMap(valuesOf) : valuesOf(chosen);
}

const valuesOf = (record: RecordRow): string[] =>
  (record.ResourceRecords ?? []).flatMap(({ Value }) => Value ?? []);

const balancerName = (name: string): string => name.replace(/\.$/, '').replace(/^dualstack\./, '');
