/** Finds the hosted zone of the domain, whether or not it is ours, and our zones that are no longer configured. */
import {
  GetHostedZoneCommand,
  ListHostedZonesCommand,
  ListTagsForResourceCommand,
  type HostedZone,
} from '@aws-sdk/client-route-53';
import type { Aws } from '../aws/clients.ts';
import { isAccessDenied, isUnimplemented } from '../aws/errors.ts';
import { allPages } from '../aws/pages.ts';
import { NOTHING_CHANGED, problem } from '../model/problem.ts';
import { namesOfDomain } from '../config/config.ts';
import type { Ids } from '../model/architecture.ts';
import { ONLY, type Items } from '../model/resources.ts';
import { readTags, STACK_TAG, type Tags } from '../derive/tags.ts';
import { ifFound } from './if-found.ts';
import { recordedIds, addRecorded } from './recorded.ts';
import { indexByKey, type LookContext } from './context.ts';

/** A hosted zone by its name and its id. */
export interface NamedZone {
  /** Without the trailing dot. */
  readonly name: string;
  readonly hostedZoneId: string;
}

export interface FoundHostedZone extends Readonly<Ids['hostedZone']> {
  /** Without the trailing dot. */
  readonly name: string;
  readonly tags: Tags;
}

/** The caller reference of our zone. @param token distinguishes this reference from those of earlier zones */
export const callerReference = ({ names }: Pick<LookContext, 'names'>, token: string): string =>
  `${names.stack}/${token}`;

/** Whether a found zone is ours. */
export const isOurZone = ({ names }: Pick<LookContext, 'names'>, { tags }: FoundHostedZone): boolean =>
  tags[STACK_TAG] === names.stack;

/**
 * The zone of the domain has the key `ONLY`. Our other zones are keyed by name: they are not in the configuration, so they will
 * be removed. The look for the record uses the same result.
 * @throws ZONE when several zones have the configured name and none of them is ours, since a wrong guess would write records into the
 *   wrong zone; or when the zone with the configured id is private, or does not contain the domain
 */
export const lookHostedZone = (context: LookContext): Promise<Items<FoundHostedZone>> =>
  context.shared('hostedZone', () => look(context));

async function look(context: LookContext): Promise<Items<FoundHostedZone>> {
  const { domain } = context.config;
  const recordedZoneIds = recordedIds(context, 'hostedZone');
  const listed = await addRecorded(
    context,
    ['hostedZone'],
    await listHostedZones(context),
    idOfZone,
    async (Id) => {
      const { HostedZone } = await context.aws.route53(new GetHostedZoneCommand({ Id }));
      return HostedZone ? [HostedZone] : [];
    },
  );
  const named = listed.find((zone) => idOfZone(zone) === domain?.zoneId);
  if (domain && named) checkNamedZone(namesOfDomain(domain), named);
  const isConfigured = (zone: NamedZone): boolean =>
    domain?.zoneId === undefined ? zone.name === domain?.zone : zone.hostedZoneId === domain.zoneId;
  const candidates = listed.filter(
    (zone) =>
      !zone.Config?.PrivateZone &&
      (isConfigured({ name: nameOfZone(zone), hostedZoneId: idOfZone(zone) }) ||
        hasOurCallerReference(context, zone) ||
        recordedZoneIds.includes(idOfZone(zone))),
  );
  // Our zones come first, and the recorded zone comes first among them, because its name servers may be in use already.
  const rank = (zone: FoundHostedZone) =>
    Number(isOurZone(context, zone)) * 2 + Number(recordedZoneIds.includes(zone.hostedZoneId));
  const zones = (await Promise.all(candidates.map((zone) => read(context, zone))))
    .filter((zone) => zone !== undefined)
    .sort((a, b) => rank(b) - rank(a));
  const configured = zones.filter(isConfigured);
  const [chosen] = configured;
  if (chosen && !isOurZone(context, chosen) && configured.length > 1)
    throw ambiguousZone(chosen.name, configured);
  return indexByKey(
    zones.filter((zone) => zone === chosen || isOurZone(context, zone)),
    (zone) => (zone === chosen ? ONLY : zone.name),
  );
}

/**
 * Fetches the name servers that Route 53 assigned to a zone.
 * @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetHostedZone.html
 */
export async function fetchNameServers({ route53 }: Aws, Id: string | undefined): Promise<readonly string[]> {
  const { DelegationSet } = await route53(new GetHostedZoneCommand({ Id }));
  return DelegationSet?.NameServers ?? [];
}

/** The id of a listed zone, without its prefix. */
export const idOfZone = ({ Id = '' }: HostedZone): string => Id.replace(/^\/hostedzone\//, '');
/** The name of a listed zone, without the trailing dot. */
export const nameOfZone = ({ Name = '' }: HostedZone): string => Name.replace(/\.$/, '');

/** Whether a zone has our caller reference, which identifies a new zone: a zone gets its tags only after it is created. */
const hasOurCallerReference = (context: LookContext, { CallerReference = '' }: HostedZone): boolean =>
  CallerReference.startsWith(callerReference(context, ''));

/**
 * Lists all zones of the account, once per survey: no other call finds zones whose names are no longer configured. If the stack
 * needs no zone, the list is empty when the permission is missing or the endpoint has no Route 53.
 * @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListHostedZones.html
 */
export const listHostedZones = (context: LookContext): Promise<HostedZone[]> =>
  context.shared('hostedZones', () => fetchZones(context));

async function fetchZones(context: LookContext): Promise<HostedZone[]> {
  const { aws, config } = context;
  try {
    return await allPages(async (Marker) => {
      const { HostedZones = [], NextMarker } = await aws.route53(new ListHostedZonesCommand({ Marker }));
      return { items: HostedZones, next: NextMarker };
    });
  } catch (error) {
    const needsZone = config.domain !== undefined || recordedIds(context, 'hostedZone').length > 0;
    if (!needsZone && (isAccessDenied(error) || isUnimplemented(error))) return [];
    throw error;
  }
}

async function read(context: LookContext, zone: HostedZone): Promise<FoundHostedZone | undefined> {
  const hostedZoneId = idOfZone(zone);
  const listTags = new ListTagsForResourceCommand({ ResourceType: 'hostedzone', ResourceId: hostedZoneId });
  const response = await ifFound(() => context.aws.route53(listTags));
  if (!response) return undefined;
  const tags = readTags(response.ResourceTagSet?.Tags);
  return {
    hostedZoneId,
    name: nameOfZone(zone),
    tags: hasOurCallerReference(context, zone) ? { ...tags, [STACK_TAG]: context.names.stack } : tags,
  };
}

const ambiguousZone = (name: string, zones: readonly FoundHostedZone[]) =>
  problem('ZONE', {
    what: `The account has ${zones.length} public hosted zones named ${name}.`,
    why: `It is unclear which one is meant: ${zones.map(({ hostedZoneId }) => hostedZoneId).join(', ')}.`,
    now: NOTHING_CHANGED,
    fix: [
      'Set domain.zoneId to the zone that the registrar points to, instead of domain.zone,',
      'or delete the zones that no registrar points to, or set domain.zone to another zone.',
    ],
  });

/**
 * Checks the zone whose id is configured.
 * @param names the names of the stack, the main one first
 * @throws ZONE if it is private, or if a name is not in it
 */
function checkNamedZone(names: readonly string[], zone: HostedZone): void {
  const name = nameOfZone(zone);
  const what = (text: string) => `The zone ${idOfZone(zone)} (${name}) ${text}.`;
  if (zone.Config?.PrivateZone)
    throw problem('ZONE', {
      what: what('is private'),
      why: `Only the VPCs of a private zone can resolve its names, so clients on the internet would not find ${names[0]}.`,
      now: NOTHING_CHANGED,
      fix: [`Set domain.zoneId to the public zone of ${name}.`],
    });
  const outside = names.find((other) => other !== name && !other.endsWith(`.${name}`));
  if (outside !== undefined)
    throw problem('ZONE', {
      what: what(`does not contain ${outside}`),
      why: 'A record in a zone has the name of the zone, or a name below it.',
      now: NOTHING_CHANGED,
      fix: [
        `Set domain.zoneId to the zone of ${outside}, or use a name that ends with .${name} instead of ${outside}.`,
      ],
    });
}
