/** Busy hosted zones: Route 53 works on one change of a zone at a time, and refuses other changes meanwhile. */
import { refusal } from '../protocol/refusal.ts';

/**
 * The input members that name the zone, by operation. Only operations that change a zone are listed. The sources are §7 of
 * docs/aws-semantics.md and the errors in Route 53's API reference.
 */
const ZONE_MEMBERS: Readonly<Record<string, string>> = {
  ChangeResourceRecordSets: 'HostedZoneId',
  ChangeTagsForResource: 'ResourceId',
  DeleteHostedZone: 'Id',
  UpdateHostedZoneComment: 'Id',
};

/** The zones that are busy. Times are milliseconds since 1970. */
export interface BusyZones {
  /** @throws PriorRequestNotComplete while another change of the zone is in progress */
  check(operation: string, input: Readonly<Record<string, unknown>>, now: number): void;
  /** Marks the zone of an accepted change as busy until the given time. */
  markBusy(operation: string, input: Readonly<Record<string, unknown>>, until: number): void;
  clear(): void;
}

/** Makes the list of busy zones, which is empty at first. */
export function makeBusyZones(): BusyZones {
  const busyUntil = new Map<string, number>();
  const zoneOf = (operation: string, input: Readonly<Record<string, unknown>>): string | undefined => {
    const id = Object.hasOwn(ZONE_MEMBERS, operation) ? input[ZONE_MEMBERS[operation] ?? ''] : undefined;
    return typeof id === 'string' ? id.slice(id.lastIndexOf('/') + 1) : undefined;
  };
  return {
    check(operation, input, now) {
      const zone = zoneOf(operation, input);
      if (zone === undefined || (busyUntil.get(zone) ?? 0) <= now) return;
      throw refusal(
        'PriorRequestNotComplete',
        'The request was rejected because Route 53 was still processing a prior request.',
      );
    },
    markBusy(operation, input, until) {
      const zone = zoneOf(operation, input);
      if (zone !== undefined) busyUntil.set(zone, until);
    },
    clear: () => busyUntil.clear(),
  };
}
