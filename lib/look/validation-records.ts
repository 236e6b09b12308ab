/** Finds the records that validate the names of our certificate. */
import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { STACK_TAG, type Tags } from '../derive/tags.ts';
import type { Ids } from '../model/architecture.ts';
import { only, type Items } from '../model/resources.ts';
import { lookCertificate } from './certificate.ts';
import type { LookContext } from './context.ts';
import { isOurZone, lookHostedZone } from './hosted-zone.ts';
import { ifValidId } from './if-found.ts';
import { bareName, recordSetAt, sharedRecordSets } from './record-sets.ts';
import { recordedResources } from './recorded.ts';

export interface FoundValidationRecord extends Readonly<Ids['validationRecords']> {
  readonly value: string;
  /** The record set as Route 53 returned it: a delete must repeat it exactly. */
  readonly set: ResourceRecordSet;
  /** Whether the zone is ours, and is therefore deleted with all its records. */
  readonly zoneIsOurs: boolean;
  /** Records cannot be tagged. A record is ours if our certificate or the state names it, or if it is in our zone. */
  readonly tags: Tags;
}

const isValidation = ({ Type, ResourceRecords = [] }: ResourceRecordSet): boolean =>
  Type === 'CNAME' && ResourceRecords.some(({ Value = '' }) => /\.acm-validations\.aws\.?$/.test(Value));

/**
 * Each record has the name that it validates as its key: its own name without the first label. Our own zone is listed completely.
 * From any other zone, only the records are fetched that our certificate or the state names.
 */
export async function lookValidationRecords(context: LookContext): Promise<Items<FoundValidationRecord>> {
  const [certificates, zones] = await Promise.all([lookCertificate(context), lookHostedZone(context)]);
  const recorded = [...recordedResources(context, 'validationRecords').values()];
  const desired = [...(only(certificates)?.records.values() ?? [])].map(({ recordName }) => ({
    hostedZoneId: only(zones)?.hostedZoneId,
    recordName,
  }));
  const ourZoneIds = [...zones.values()]
    .filter((zone) => isOurZone(context, zone))
    .map(({ hostedZoneId }) => hostedZoneId);
  const wanted = [...desired, ...recorded].filter(
    ({ hostedZoneId }) => !ourZoneIds.includes(hostedZoneId ?? ''),
  );
  const read = (zoneId: string, set: ResourceRecordSet): [string, FoundValidationRecord] => {
    const recordName = bareName(set.Name);
    return [
      recordName.replace(/^[^.]+\./, ''),
      {
        ...{ recordName, hostedZoneId: zoneId, set },
        value: set.ResourceRecords?.[0]?.Value ?? '',
        zoneIsOurs: ourZoneIds.includes(zoneId),
        tags: { [STACK_TAG]: context.names.stack },
      },
    ];
  };
  const inOurZones = ourZoneIds.map(async (id) => {
    const sets = (await ifValidId(() => sharedRecordSets(context, id))) ?? [];
    return sets.filter(isValidation).map((set) => read(id, set));
  });
  const elsewhere = wanted.map(async ({ hostedZoneId: id, recordName }) => {
    if (!id || !recordName) return [];
    const set = await ifValidId(() => recordSetAt(context, id, recordName));
    return set ? [read(id, set)] : [];
  });
  return new Map((await Promise.all([...inOurZones, ...elsewhere])).flat());
}
