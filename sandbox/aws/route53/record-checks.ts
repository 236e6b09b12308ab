/** The checks of record sets: members, values and alias targets. */
import type { Change, ResourceRecordSet, RRType } from '@aws-sdk/client-route-53';
import { isIPv4, isIPv6 } from 'node:net';
import type { Region } from '../../world/region.ts';
import { zoneIdOfBalancerName } from '../elbv2/dns.ts';
import { invalidInput, noSuchHealthCheck, notImplemented, notInEnumeration, tooLong } from './errors.ts';
import { withoutPrefix } from './ids.ts';
import { isWithin, nameFault, normalName } from './names.ts';
import type { HostedZoneRow, RecordRow } from './store.ts';

const TYPES: readonly RRType[] = [
  ...(['SOA', 'A', 'TXT', 'NS', 'CNAME', 'MX', 'NAPTR', 'PTR', 'SRV', 'SPF', 'AAAA', 'CAA'] as const),
  ...(['DS', 'TLSA', 'SSHFP', 'SVCB', 'HTTPS'] as const),
];
const MAX_TTL = 2 ** 31 - 1;
const MAX_ZONE_ID_LENGTH = 32;

/** The members for unsupported routing policies. These policies need the locations of clients, or health checks. */
const UNSUPPORTED = [
  'Region',
  'GeoLocation',
  'GeoProximityLocation',
  'Failover',
  'CidrRoutingConfig',
  'TrafficPolicyInstanceId',
] as const satisfies readonly (keyof ResourceRecordSet)[];

/**
 * Checks the record set of a change, and returns it in Route 53's form. AWS checks every record set before it checks the batch
 * as a whole.
 * @throws InvalidInput when members are missing or exclude each other
 */
export function readRecord({ Action, ResourceRecordSet: given }: Change): RecordRow {
  if (!given?.Name) throw invalidInput('Invalid request: Missing field ResourceRecordSet.Name');
  const { Name, Type, TTL, ResourceRecords, AliasTarget, SetIdentifier, HealthCheckId } = given;
  if (!Type || !TYPES.includes(Type)) throw notInEnumeration(Type, TYPES);
  const unsupported = UNSUPPORTED.find((member) => given[member] !== undefined);
  if (unsupported) throw notImplemented(`${unsupported} in a record set`);
  if (HealthCheckId !== undefined) throw noSuchHealthCheck(HealthCheckId);
  const where = `in Change with [Action=${Action}, Name=${Name}, Type=${Type}, SetIdentifier=${SetIdentifier ?? 'null'}]`;
  const contents = '[AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId]';
  const hasRecords = (ResourceRecords?.length ?? 0) > 0;
  const hasTtl = TTL !== undefined;
  if (AliasTarget ? hasTtl || hasRecords : !(hasTtl && hasRecords)) {
    const found = AliasTarget ? 'more than one' : 'none';
    throw invalidInput(`Invalid request: Expected exactly one of ${contents}, but found ${found} ${where}`);
  }
  checkRouting(given, where);
  if (TTL !== undefined && !(TTL >= 0 && TTL <= MAX_TTL)) {
    throw invalidInput(`Invalid request: TTL must be between 0 and ${MAX_TTL} ${where}`);
  }
  return {
    ...given,
    Name: normalName(Name),
    Type,
    ...(AliasTarget ? { AliasTarget: readAlias(AliasTarget) } : {}),
  };
}

function checkRouting({ SetIdentifier, Weight, MultiValueAnswer }: ResourceRecordSet, where: string): void {
  const policyCount = [Weight, MultiValueAnswer].filter((policy) => policy !== undefined).length;
  if (policyCount > 0 && SetIdentifier === undefined) {
    throw invalidInput(`Invalid request: Missing field 'SetIdentifier' ${where}`);
  }
  if (SetIdentifier !== undefined && policyCount !== 1) {
    const found = policyCount === 0 ? 'none' : 'more than one';
    throw invalidInput(
      `Invalid request: Expected exactly one of [Weight, Region, Failover, GeoLocation, GeoProximityLocation, MultiValueAnswer, or CidrRoutingConfig], but found ${found} ${where}`,
    );
  }
  if (Weight !== undefined && !(Weight >= 0 && Weight <= 255)) {
    throw invalidInput(`Invalid request: Weight must be between 0 and 255 ${where}`);
  }
}

/** Returns an alias as Route 53 shows it: its DNS name is in lower case and has a trailing dot. */
function readAlias(alias: NonNullable<ResourceRecordSet['AliasTarget']>): typeof alias {
  const { HostedZoneId, DNSName, EvaluateTargetHealth } = alias;
  const missing = Object.entries({ HostedZoneId, DNSName, EvaluateTargetHealth }).find(
    ([, value]) => value === undefined,
  );
  if (missing) {
    throw invalidInput(
      `Invalid XML ; cvc-complex-type.2.4.b: The content of element 'AliasTarget' is not complete. One of '{${missing[0]}}' is expected.`,
    );
  }
  if (HostedZoneId && HostedZoneId.length > MAX_ZONE_ID_LENGTH) {
    throw tooLong(HostedZoneId, MAX_ZONE_ID_LENGTH, 'ResourceId');
  }
  return {
    HostedZoneId: withoutPrefix(HostedZoneId),
    DNSName: normalName(DNSName ?? ''),
    EvaluateTargetHealth,
  };
}

/** Returns the faults of a record set of a zone, in Route 53's wording. */
export function faultsOf(region: Region, zone: HostedZoneRow, record: RecordRow): string[] {
  const fault = nameFault(record.Name);
  if (fault) return [fault];
  if (!isWithin(record.Name, zone.Name)) {
    return [`RRSet with DNS name ${record.Name} is not permitted in zone ${zone.Name}`];
  }
  if (record.Type === 'CNAME' && record.Name === zone.Name) {
    return [`RRSet of type CNAME with DNS name ${record.Name} is not permitted at apex in zone ${zone.Name}`];
  }
  return record.AliasTarget ? aliasFaults(region, zone, record) : valueFaults(record);
}

/**
 * Returns the faults of an alias. Its target must be an existing record set of the same zone, or an existing load balancer.
 * The DNS names of load balancers are in zones that AWS owns, one per region.
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-choosing-alias-non-alias.html
 */
function aliasFaults(region: Region, zone: HostedZoneRow, { Type, AliasTarget }: RecordRow): string[] {
  const { HostedZoneId = '', DNSName = '' } = AliasTarget ?? {};
  const prefix = `Tried to create an alias that targets ${DNSName}, type ${Type} in zone ${HostedZoneId}, but`;
  const absentFault = `${prefix} that target was not found`;
  const outsideFault = `${prefix} the alias target name does not lie within the target zone`;
  if (HostedZoneId === zone.Id) {
    if (!isWithin(DNSName, zone.Name)) return [outsideFault, absentFault];
    const exists = zone.records.some((record) => record.Name === DNSName && record.Type === Type);
    return exists ? [] : [absentFault];
  }
  const name = DNSName.replace(/^dualstack\./, '');
  if (HostedZoneId !== zoneIdOfBalancerName(region, name)) return [outsideFault, absentFault];
  return region.route53.balancerNames.has(name) ? [] : [absentFault];
}

/** For each record type, the check of one value. The values of other types are not checked. */
const VALUE_FAULTS: Partial<Record<RRType, (value: string) => string | undefined>> = {
  A: (value) => (isIPv4(value) ? undefined : 'ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)'),
  AAAA: (value) =>
    isIPv6(value) ? undefined : 'AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address)',
  CNAME: (value) =>
    nameFault(normalName(value)) || /\s/.test(value)
      ? 'CNAMERRDATAIllegalDomainName (Value is not a valid domain name)'
      : undefined,
  TXT: quotedStringFault,
  SPF: quotedStringFault,
};

function quotedStringFault(value: string): string | undefined {
  return /^"(?:[^"\\]|\\.)*"(?:\s+"(?:[^"\\]|\\.)*")*$/.test(value)
    ? undefined
    : 'InvalidCharacterString (Value should be enclosed in quotation marks)';
}

function valueFaults({ Name, Type, ResourceRecords = [] }: RecordRow): string[] {
  const values = ResourceRecords.map(({ Value = '' }) => Value);
  if (Type === 'CNAME' && values.length > 1) {
    return [`RRSet of type CNAME with DNS name ${Name} can have only one resource record`];
  }
  return values.flatMap((value, index) => {
    if (values.indexOf(value) < index) return [`Duplicate Resource Record: '${value}'`];
    const fault = VALUE_FAULTS[Type]?.(value);
    return fault ? [`Invalid Resource Record: 'FATAL problem: ${fault} encountered with '${value}''`] : [];
  });
}
