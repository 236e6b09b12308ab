/** Finds the hosted zone of the domain: the account's own, or ours. */
import {
  ListHostedZonesByNameCommand,
  ListTagsForResourceCommand,
  type HostedZone,
} from '@aws-sdk/client-route-53';
import { allPages } from '../pages.ts';
import { NOTHING_TOUCHED, problem } from '../problem.ts';
import { ONLY, type Ids, type Items } from '../resources.ts';
import { readTags, STACK_TAG, type Tags } from '../tags.ts';
import { ifThere } from './if-there.ts';
import type { See } from './see.ts';

export interface FoundHostedZone extends Readonly<Ids['hostedZone']> {
  /** Without the trailing dot. */
  readonly name: string;
  readonly tags: Tags;
}

/** The caller reference of a zone of ours. @param token what tells it from those of earlier zones */
export const callerReference = ({ names }: Pick<See, 'names'>, token: string): string =>
  `${names.stack}/${token}`;

/**
 * Shared by the look for the record.
 * @throws ZONE when several zones of the name are there and none is ours: guessing could write into the wrong one
 */
export const lookHostedZone = (see: See): Promise<Items<FoundHostedZone>> =>
  see.once('hostedZone', () => look(see));

async function look(see: See): Promise<Items<FoundHostedZone>> {
  const { domain } = see.config;
  if (!domain) return new Map();
  const named = await zonesNamed(see, `${domain.zone}.`);
  const isPublic = named.filter(({ Config }) => !Config?.PrivateZone);
  const zones = (await Promise.all(isPublic.map((zone) => read(see, zone)))).filter(
    (zone) => zone !== undefined,
  );
  const ours = zones.find(({ tags }) => tags[STACK_TAG] === see.names.stack);
  const zone = ours ?? zones[0];
  if (!zone) return new Map();
  if (!ours && zones.length > 1) throw ambiguous(domain.zone, zones);
  return new Map([[ONLY, zone]]);
}

/**
 * The list starts at the name, it does not filter; private zones of the name, one a VPC, may fill whole pages.
 * @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListHostedZonesByName.html
 */
async function zonesNamed({ aws }: See, DNSName: string): Promise<HostedZone[]> {
  const zones = await allPages(async (HostedZoneId) => {
    const page = await aws.route53(new ListHostedZonesByNameCommand({ DNSName, HostedZoneId }));
    const goesOn = page.IsTruncated && page.NextDNSName === DNSName;
    return { items: page.HostedZones ?? [], next: goesOn ? page.NextHostedZoneId : undefined };
  });
  return zones.filter(({ Name }) => Name === DNSName);
}

async function read(see: See, zone: HostedZone): Promise<FoundHostedZone | undefined> {
  const { Id = '', Name = '', CallerReference = '' } = zone;
  const hostedZoneId = Id.replace(/^\/hostedzone\//, '');
  const list = new ListTagsForResourceCommand({ ResourceType: 'hostedzone', ResourceId: hostedZoneId });
  const answer = await ifThere(() => see.aws.route53(list));
  if (!answer) return undefined;
  const tags = readTags(answer.ResourceTagSet?.Tags);
  // A zone gets its tags after its create: until then its caller reference says whose it is.
  const isOurs = CallerReference.startsWith(callerReference(see, ''));
  return {
    hostedZoneId,
    name: Name.replace(/\.$/, ''),
    tags: isOurs ? { ...tags, [STACK_TAG]: see.names.stack } : tags,
  };
}

const ambiguous = (name: string, zones: readonly FoundHostedZone[]) =>
  problem('ZONE', {
    what: `The account has ${zones.length} public hosted zones named ${name}.`,
    why: `Which one is meant cannot be told: ${zones.map(({ hostedZoneId }) => hostedZoneId).join(', ')}.`,
    now: NOTHING_TOUCHED,
    fix: ['Remove the zones that no registrar points to.', 'Or let domain.zone name another zone.'],
  });
