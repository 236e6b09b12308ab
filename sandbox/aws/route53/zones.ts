/** Hosted zones. Several zones may have the same name, each with its own name servers. */
import type * as Route53 from '@aws-sdk/client-route-53';
import type { HostedZone } from '@aws-sdk/client-route-53';
import type { Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import { rowOf } from '../finder.ts';
import { submitChange } from './changes.ts';
import {
  invalidDomainName,
  invalidInput,
  notImplemented,
  tooManyZones,
  zoneExists,
  zoneNotEmpty,
} from './errors.ts';
import { newId } from './ids.ts';
import { nameFault, normalName } from './names.ts';
import type { HostedZoneRow, RecordRow } from './store.ts';

const MAX_ZONES = 500;
const MAX_REFERENCE_LENGTH = 128;

/** Returns the name servers of a new zone: one from each of four domains, which have 512 name servers each. */
function newNameServers(region: Region): string[] {
  const digits = region.id('', 16).slice(1);
  return ['com', 'net', 'org', 'co.uk'].map((domain, index) => {
    const drawn = parseInt(digits.slice(index * 4, index * 4 + 4), 16);
    const group = String(drawn % 64).padStart(2, '0');
    return `ns-${index * 512 + (drawn % 512)}.awsdns-${group}.${domain}`;
  });
}

/** @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/SOA-NSrecords.html */
const initialRecords = (zone: string, servers: string[]): RecordRow[] => [
  {
    Name: zone,
    Type: 'NS',
    TTL: 172800,
    ResourceRecords: servers.map((server) => ({ Value: `${server}.` })),
  },
  {
    Name: zone,
    Type: 'SOA',
    TTL: 900,
    ResourceRecords: [{ Value: `${servers[0]}. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400` }],
  },
];

/** Returns a zone as responses show it. */
export const viewOf = ({ Id, Name, CallerReference, Config, records }: HostedZoneRow): HostedZone => ({
  Id: `/hostedzone/${Id}`,
  Name,
  CallerReference,
  Config,
  ResourceRecordSetCount: records.length,
});

/** Whether a record set is the zone's own NS or SOA record set. Both are created with the zone. */
export const isCreatedWithZone = (zone: HostedZoneRow, { Name, Type }: RecordRow): boolean =>
  Name === zone.Name && (Type === 'NS' || Type === 'SOA');

export const zoneOperations = {
  /**
   * A caller reference can never be used again, even if its zone is deleted (Netflix/denominator#356). The refusal does not
   * name the zone that was created with the reference.
   * @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateHostedZone.html
   */
  CreateHostedZone: {
    inputMembers: ['Name', 'CallerReference', 'HostedZoneConfig'],
    run(
      { Name = '', CallerReference = '', HostedZoneConfig: { Comment, PrivateZone = false } = {} },
      region,
    ) {
      const { zones, callerReferences } = region.route53;
      if (PrivateZone) throw notImplemented('private hosted zones');
      if (CallerReference === '' || CallerReference.length > MAX_REFERENCE_LENGTH) {
        throw invalidInput(`CallerReference must have between 1 and ${MAX_REFERENCE_LENGTH} characters`);
      }
      const name = normalName(Name);
      const fault = nameFault(name);
      if (fault) throw invalidDomainName(fault);
      if (callerReferences.has(CallerReference)) throw zoneExists(CallerReference);
      if (zones.size >= MAX_ZONES) throw tooManyZones();
      const Id = newId(region, 'Z');
      callerReferences.set(CallerReference, { zoneId: Id });
      const nameServers = newNameServers(region);
      const zone = zones.set(Id, {
        Id,
        Name: name,
        CallerReference,
        Config: { Comment, PrivateZone },
        nameServers,
        records: initialRecords(name, nameServers),
        tags: [],
      });
      return {
        HostedZone: viewOf(zone),
        ChangeInfo: submitChange(region),
        DelegationSet: { NameServers: nameServers },
        Location: `https://route53.${region.partition.dnsSuffix}/2013-04-01/hostedzone/${Id}`,
      };
    },
  },

  GetHostedZone: {
    inputMembers: ['Id'],
    run({ Id }, region) {
      const zone = rowOf(region.route53.zones, Id);
      return { HostedZone: viewOf(zone), DelegationSet: { NameServers: zone.nameServers } };
    },
  },

  UpdateHostedZoneComment: {
    inputMembers: ['Id', 'Comment'],
    run({ Id, Comment }, region) {
      const zone = rowOf(region.route53.zones, Id);
      zone.Config = { ...zone.Config, Comment };
      return { HostedZone: viewOf(zone) };
    },
  },

  GetHostedZoneCount: {
    inputMembers: [],
    run: (_input, region) => ({ HostedZoneCount: region.route53.zones.size }),
  },

  /** Also deletes the NS and SOA record sets that were created with the zone. Any other record set blocks the deletion. */
  DeleteHostedZone: {
    inputMembers: ['Id'],
    run({ Id }, region) {
      const zone = rowOf(region.route53.zones, Id);
      if (zone.records.some((record) => !isCreatedWithZone(zone, record))) throw zoneNotEmpty();
      region.route53.zones.delete(zone.Id);
      return { ChangeInfo: submitChange(region) };
    },
  },
} satisfies Operations<typeof Route53>;
