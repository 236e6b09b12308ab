/** The hosted zone of the domain: either one that the account already has, or one that the stack creates and owns. */
import { ChangeTagsForResourceCommand, CreateHostedZoneCommand } from '@aws-sdk/client-route-53';
import { isCode } from '../../lib/aws/errors.ts';
import type { Domain } from '../../lib/config/config.ts';
import { formerTagsIn } from '../../lib/aws/retag.ts';
import { foreignOwner } from '../../lib/derive/ownership.ts';
import { desiredTags, tagFields, toPascalCaseTags, type TagField } from '../../lib/derive/tags.ts';
import { adoptByName } from '../../lib/engine/adopt-by-name.ts';
import { findWithin, LIST_LAG_MS } from '../../lib/engine/create-once.ts';
import type { ApplyContext, Step } from '../../lib/engine/step.ts';
import { callerReference, isOurZone } from '../../lib/look/hosted-zone.ts';
import { compare, touches, type Change, type DesiredFields } from '../../lib/model/change.ts';
import { ONLY } from '../../lib/model/resources.ts';

type Field = 'name' | TagField;
type Context = ApplyContext<'hostedZone', Field>;

const ALREADY_EXISTS = 'HostedZoneAlreadyExists';

export const hostedZone: Step<'hostedZone', Field> = {
  diff(desired, found) {
    const { domain } = desired.config;
    const zones = new Map(found.hostedZone);
    const desiredZones = new Map<string, DesiredFields<Field>>();
    if (domain?.createZone && domain.zone !== undefined) {
      desiredZones.set(ONLY, { name: domain.zone, ...desiredTags(desired, 'hostedZone', ONLY) });
    } else if (domain && !zones.delete(ONLY)) {
      return [missingZone(domain)];
    }
    // Without createZone, the account's zone is not compared: it is used as it is.
    return compare({
      noun: 'hostedZone',
      desired: desiredZones,
      found: zones,
      fieldsOf: (zone) => ({ name: zone.name, ...tagFields(zone.tags) }),
      whyForeign(zone) {
        const owner = foreignOwner(zone.tags, desired.names.stack);
        return owner && `${owner}; without domain.createZone it would be used as it is`;
      },
    });
  },

  /**
   * Until a zone has tags, only its caller reference identifies it. If the reference is taken, an earlier create of this stack
   * used it, and the response was lost. If that create was sent by an earlier run, its zone may have another name or may have
   * been deleted. Since deleting a zone does not free its reference, a new reference is used in these cases.
   * @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateHostedZone.html
   */
  async create(context) {
    const { duplicateGuard, intent } = context;
    const lookForOurs = async () => {
      const zone = await context.lookAgain();
      return zone && isOurZone(context, zone) ? zone : undefined;
    };
    try {
      return await send(context, intent.token);
    } catch (error) {
      const isReferenceTaken = isCode(error, ALREADY_EXISTS);
      if (
        isReferenceTaken &&
        duplicateGuard.isResumed &&
        (await findWithin(duplicateGuard, LIST_LAG_MS, lookForOurs)) === undefined
      ) {
        return send(context, (await context.renewIntent()).token);
      }
      return adoptByName(context, error, ALREADY_EXISTS, `the zone name ${context.config.domain?.zone}`);
    }
  },

  async configure({ aws, change, tags }, { hostedZoneId }) {
    if (!touches(change, 'tag.')) return;
    const formerKeys = formerTagsIn(change);
    await aws.route53(
      new ChangeTagsForResourceCommand({
        ResourceType: 'hostedzone',
        ResourceId: hostedZoneId,
        AddTags: toPascalCaseTags(tags),
        ...(formerKeys.length > 0 && { RemoveTagKeys: formerKeys }),
      }),
    );
  },
};

const missingZone = ({ zone, zoneId }: Domain): Change<Field> => ({
  noun: 'hostedZone',
  key: ONLY,
  verb: 'refused',
  fields: [],
  reason:
    zoneId === undefined
      ? `the account has no public hosted zone ${zone}, and domain.createZone is not set`
      : `the account has no hosted zone with the id ${zoneId}; the zone may belong to another account`,
});

/** Sends the create, and reports the name servers at once: a registrar may take long to pass them on. */
async function send(context: Context, token: string): Promise<{ hostedZoneId: string }> {
  const { HostedZone, DelegationSet } = await context.aws.route53(
    new CreateHostedZoneCommand({
      Name: context.config.domain?.zone,
      CallerReference: callerReference(context, token),
      HostedZoneConfig: { Comment: `Made by Slipway for ${context.names.stack}` },
    }),
  );
  const { NameServers = [] } = DelegationSet ?? {};
  if (NameServers.length > 0)
    context.note(`name servers of ${context.config.domain?.zone}: ${NameServers.join(', ')}`);
  return { hostedZoneId: (HostedZone?.Id ?? '').replace(/^\/hostedzone\//, '') };
}
