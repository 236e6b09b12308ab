/** Applies one change of a batch to a draft of the zone, and returns the faults of the change. */
import type { ChangeAction, ResourceRecordSet } from '@aws-sdk/client-route-53';
import { isIPv6, SocketAddress } from 'node:net';
import type { Region } from '../../world/region.ts';
import { compareNames } from './names.ts';
import { faultsOf } from './record-checks.ts';
import type { HostedZoneRow, RecordRow } from './store.ts';
import { isCreatedWithZone } from './zones.ts';

/** A change of a batch, with the record set in Route 53's form. */
export interface RecordChange {
  readonly action: ChangeAction | undefined;
  readonly record: RecordRow;
}

type Key = Pick<ResourceRecordSet, 'Type' | 'SetIdentifier'> & { readonly Name: string };

/** Compares record sets by name, type and identifier. Two record sets are the same if all three are equal. */
export function compareRecords(one: Key, other: Key): number {
  return (
    compareNames(one.Name, other.Name) ||
    compareStrings(one.Type, other.Type) ||
    compareStrings(one.SetIdentifier, other.SetIdentifier)
  );
}

const compareStrings = (one = '', other = ''): number => (one < other ? -1 : Number(one > other));

const textOf = ({ Name, Type, SetIdentifier }: RecordRow): string => {
  const identifier = SetIdentifier === undefined ? '' : `, set-identifier='${SetIdentifier}'`;
  return `resource record set [name='${Name}', type='${Type}'${identifier}]`;
};

/**
 * Applies a change to a draft of a zone.
 * @param earlier the earlier changes of the same batch
 * @returns the faults of the change in Route 53's wording; if there are any, the draft must be discarded
 */
export function applyChange(
  region: Region,
  draft: HostedZoneRow,
  { action, record }: RecordChange,
  earlier: readonly RecordChange[],
): string[] {
  const current = draft.records.find((row) => compareRecords(row, record) === 0);
  if (action === 'DELETE') return remove(draft, record, current);
  const isRepeated = earlier.some(
    (other) => other.action !== 'DELETE' && compareRecords(other.record, record) === 0,
  );
  if (isRepeated) {
    return [
      `The request contains an invalid set of changes for a resource record set '${record.Type} ${record.Name}'`,
    ];
  }
  if (action === 'CREATE' && current) return [`Tried to create ${textOf(record)} but it already exists`];
  const faults = faultsOf(region, draft, record);
  const faultsOrConflicts = faults.length > 0 ? faults : conflicts(draft, record);
  // Route 53 keeps the existing values if the new ones differ only in order or spelling (cookpad/roadworker#100).
  if (current && fingerprint(current) === fingerprint(record)) return faultsOrConflicts;
  draft.records = [...draft.records.filter((row) => row !== current), record];
  return faultsOrConflicts;
}

/** Applies a deletion, which must contain the exact current values of the record set. */
function remove(draft: HostedZoneRow, record: RecordRow, current: RecordRow | undefined): string[] {
  if (!current) return [`Tried to delete ${textOf(record)} but it was not found`];
  if (fingerprint(current) !== fingerprint(record)) {
    return [`Tried to delete ${textOf(record)} but the values provided do not match the current values`];
  }
  if (isCreatedWithZone(draft, current)) {
    return [
      current.Type === 'SOA'
        ? 'A HostedZone must contain exactly one SOA record.'
        : 'A HostedZone must contain at least one NS record for the zone itself.',
    ];
  }
  draft.records = draft.records.filter((row) => row !== current);
  return [];
}

/** Returns the canonical form of an IPv6 address, and any other value unchanged. */
const comparableValue = (type: RecordRow['Type'], value = ''): string =>
  type === 'AAAA' && isIPv6(value) ? new SocketAddress({ address: value, family: 'ipv6' }).address : value;

/** Returns a string that is equal for record sets with the same content, regardless of the order and spelling of values. */
const fingerprint = ({
  Type,
  TTL,
  ResourceRecords = [],
  AliasTarget,
  Weight,
  MultiValueAnswer,
}: RecordRow): string =>
  JSON.stringify([
    TTL,
    ResourceRecords.map(({ Value }) => comparableValue(Type, Value)).sort(),
    AliasTarget && [AliasTarget.HostedZoneId, AliasTarget.DNSName, AliasTarget.EvaluateTargetHealth],
    Weight,
    MultiValueAnswer,
  ]);

/**
 * Returns conflicts with other record sets. A CNAME cannot share its name with a record set of another type. If several
 * record sets have the same name and type, all of them need identifiers.
 */
function conflicts(draft: HostedZoneRow, record: RecordRow): string[] {
  const { Name, Type, SetIdentifier, TTL, Weight } = record;
  const sameNameRows = draft.records.filter((row) => row.Name === Name && compareRecords(row, record) !== 0);
  const notPermittedText = `RRSet of type ${Type} with DNS name ${Name} is not permitted`;
  if (Type === 'CNAME' && sameNameRows.some((row) => row.Type !== 'CNAME')) {
    return [
      `${notPermittedText} as it conflicts with other records with the same DNS name in zone ${draft.Name}`,
    ];
  }
  if (Type !== 'CNAME' && sameNameRows.some((row) => row.Type === 'CNAME')) {
    return [
      `${notPermittedText} because a conflicting RRSet of type CNAME with the same DNS name already exists in zone ${draft.Name}`,
    ];
  }
  const sameTypeRows = sameNameRows.filter((row) => row.Type === Type);
  if (sameTypeRows.length === 0) return [];
  if (SetIdentifier === undefined) {
    return [
      `RRSet with DNS name ${Name}, type ${Type} cannot be created as other RRSets exist with the same name and type.`,
    ];
  }
  const cannotCreateText = `RRSet with DNS name ${Name}, type ${Type}, SetIdentifier ${SetIdentifier} cannot be created as`;
  const policy = Weight === undefined ? 'multivalue' : 'weighted';
  if (
    sameTypeRows.some((row) => (row.Weight === undefined) !== (Weight === undefined) || !row.SetIdentifier)
  ) {
    return [`${cannotCreateText} a non-${policy} set exists with the same name and type.`];
  }
  if (sameTypeRows.some((row) => row.TTL !== undefined && TTL !== undefined && row.TTL !== TTL)) {
    return [`${cannotCreateText} ${policy} sets must contain the same TTL.`];
  }
  return [];
}
