/** Finds the hosted zone of the domain: the account's own, or ours. */
import {
  ListHostedZonesByNameCommand,
  ListTagsForResourceCommand,
  type HostedZone,
} from '@aws-sdk/client-route-53';
import { NOTHING_TOUCHED, problem } from '../problem.ts';
import { ONLY, type Ids, type Items } from '../resources.ts';
import { readTags, STACK_TAG, type Tags } from '../tags.ts';
import type { See } from './see.ts';

export interface FoundHostedZone extends Readonly<Ids['hostedZone']> {
  /** Without the trailing dot. */
  readonly name: string;
  readonly callerReference: string;
  readonly tags: Tags;
}

/** Zones of one name that are looked at: more than that nobody has. */
const MOST = 10;

/**
 * Shared by the look for the record.
 * @throws ZONE when several zones of the name are there and none is ours: guessing could write into the wrong one
 */
export const lookHostedZone = (see: See): Promise<Items<FoundHostedZone>> =>
  see.once('hostedZone', () => look(see));

/**
 * The list starts at the name, it does not filter.
 * @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListHostedZonesByName.html
 */
async function look(see: See): Promise<Items<FoundHostedZone>> {
  const { domain } = see.config;
  if (!domain) return new Map();
  const { HostedZones = [] } = await see.aws.route53(
    new ListHostedZonesByNameCommand({ DNSName: domain.zone, MaxItems: MOST }),
  );
  const same = HostedZones.filter(({ Name, Config }) => Name === `${domain.zone}.` && !Config?.PrivateZone);
  const zones = await Promise.all(same.map((zone) => read(see, zone)));
  const ours = zones.find(({ tags, callerReference }) => isOurs(see, tags, callerReference));
  const zone = ours ?? zones[0];
  if (!zone) return new Map();
  if (!ours && zones.length > 1) throw ambiguous(domain.zone, zones);
  return new Map([[ONLY, zone]]);
}

/** A zone gets its tags after its create: until then its caller reference says whose it is. */
const isOurs = ({ names }: See, tags: Tags, callerReference: string): boolean =>
  tags[STACK_TAG] === names.stack || callerReference.startsWith(`${names.stack}/`);

async function read(see: See, zone: HostedZone): Promise<FoundHostedZone> {
  const ResourceId = (zone.Id ?? '').replace(/^\/hostedzone\//, '');
  const { ResourceTagSet } = await see.aws.route53(
    new ListTagsForResourceCommand({ ResourceType: 'hostedzone', ResourceId }),
  );
  const tags = readTags(ResourceTagSet?.Tags);
  const callerReference = zone.CallerReference ?? '';
  return {
    hostedZoneId: ResourceId,
    name: (zone.Name ?? '').replace(/\.$/, ''),
    callerReference,
    tags: isOurs(see, tags, callerReference) ? { ...tags, [STACK_TAG]: see.names.stack } : tags,
  };
}

const ambiguous = (name: string, zones: readonly FoundHostedZone[]) =>
  problem('ZONE', {
    what: `The account has ${zones.length} public hosted zones named ${name}.`,
    why: `Which one is meant cannot be told: ${zones.map(({ hostedZoneId }) => hostedZoneId).join(', ')}.`,
    now: NOTHING_TOUCHED,
    fix: ['Remove the zones that no registrar points to.', 'Or let domain.zone name another zone.'],
  });
