/** The hosted zone of the domain: the account's own, or one that the stack creates and owns. */
import { ChangeTagsForResourceCommand, CreateHostedZoneCommand } from '@aws-sdk/client-route-53';
import { adoptByName } from '../../lib/engine/adopt-by-name.ts';
import { isCode } from '../../lib/aws/errors.ts';
import { compare, touches, type Change, type DesiredFields } from '../../lib/model/change.ts';
import { findWithin, LIST_LAG_MS } from '../../lib/engine/create-once.ts';
import { callerReference, isOurZone } from '../../lib/look/hosted-zone.ts';
import { foreignOwner } from '../../lib/look/context.ts';
import { ONLY } from '../../lib/model/resources.ts';
import { formerTagsIn } from '../../lib/aws/retag.ts';
import type { ApplyContext, Step } from '../../lib/engine/step.ts';
import { tagFields, toPascalCaseTags, desiredTags } from '../../lib/derive/tags.ts';

const TAKEN = 'HostedZoneAlreadyExists';

export const hostedZone: Step<'hostedZone'> = {
  diff(desired, found) {
    const { domain } = desired.config;
    const desiredFields = new Map<string, DesiredFields>();
    const zones = new Map(found.hostedZone);
    if (domain?.createZone) {
      const tags = desiredTags(desired, 'hostedZone', ONLY);
      desiredFields.set(ONLY, { name: domain.zone, ...tags });
    } else if (domain && !zones.delete(ONLY)) {
      // One that is there is used as it is, whoever made it.
      return [missing(domain.zone)];
    }
    return compare({
      noun: 'hostedZone',
      desired: desiredFields,
      found: zones,
      fieldsOf: (zone) => ({ name: zone.name, ...tagFields(zone.tags) }),
      foreign(zone) {
        const owner = foreignOwner(zone.tags, desired.names.stack);
        return owner && `${owner}; without domain.createZone it would be used as it is`;
      },
    });
  },

  async apply(context) {
    const hostedZoneId = context.existing?.hostedZoneId ?? (await create(context));
    await context.record({ hostedZoneId });
    const former = formerTagsIn(context.change);
    if (touches(context.change, 'tag.')) {
      await context.aws.route53(
        new ChangeTagsForResourceCommand({
          ResourceType: 'hostedzone',
          ResourceId: hostedZoneId,
          AddTags: toPascalCaseTags(context.tags),
          ...(former.length > 0 && { RemoveTagKeys: former }),
        }),
      );
    }
    return { hostedZoneId };
  },
};

const missing = (zone: string): Change => ({
  noun: 'hostedZone',
  key: ONLY,
  verb: 'refused',
  fields: [],
  reason: `the account has no public hosted zone ${zone}, and domain.createZone is not set`,
});

/**
 * The caller reference is the only identity that a zone has before its tags. One that is in use is that of our own
 * create, whose answer was lost. When a run before this one sent that, it can have been for another name than the
 * configuration has now, or the zone is gone and its reference never free again: that was another life.
 * @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateHostedZone.html
 */
async function create(context: ApplyContext<'hostedZone'>): Promise<string> {
  const ours = async () => {
    const zone = await context.lookAgain();
    return zone && isOurZone(context, zone) ? zone : undefined;
  };
  try {
    return await send(context, context.intent.token);
  } catch (error) {
    const isTaken = isCode(error, TAKEN);
    if (
      isTaken &&
      context.duplicateGuard.isResumed &&
      (await findWithin(context.duplicateGuard, LIST_LAG_MS, ours)) === undefined
    ) {
      return send(context, (await context.renewIntent()).token);
    }
    return (await adoptByName(context, error, TAKEN, `the zone ${context.config.domain?.zone}`)).hostedZoneId;
  }
}

async function send(context: ApplyContext<'hostedZone'>, token: string): Promise<string> {
  const { HostedZone } = await context.aws.route53(
    new CreateHostedZoneCommand({
      Name: context.config.domain?.zone,
      CallerReference: callerReference(context, token),
      HostedZoneConfig: { Comment: `Made by Slipway for ${context.names.stack}` },
    }),
  );
  return (HostedZone?.Id ?? '').replace(/^\/hostedzone\//, '');
}
