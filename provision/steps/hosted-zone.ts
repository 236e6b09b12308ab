/** The hosted zone of the domain: the account's own, or one that the stack creates and owns. */
import { ChangeTagsForResourceCommand, CreateHostedZoneCommand } from '@aws-sdk/client-route-53';
import { adoptNamed } from '../../lib/engine/adopt-by-name.ts';
import { isCode } from '../../lib/aws/errors.ts';
import { compare, touches, type Change, type WantedFields } from '../../lib/model/change.ts';
import { findWithin, LAG } from '../../lib/engine/create-once.ts';
import { callerReference, isOurZone } from '../../lib/look/hosted-zone.ts';
import { foreignOwner } from '../../lib/look/context.ts';
import { ONLY } from '../../lib/model/resources.ts';
import { formerTagsIn } from '../../lib/aws/retag.ts';
import type { Act, Step } from '../../lib/engine/step.ts';
import { tagFields, upper, wantedTags } from '../../lib/derive/tags.ts';

const TAKEN = 'HostedZoneAlreadyExists';

export const hostedZone: Step<'hostedZone'> = {
  diff(want, found) {
    const { domain } = want.config;
    const wanted = new Map<string, WantedFields>();
    const zones = new Map(found.hostedZone);
    if (domain?.createZone) {
      const tags = wantedTags(want, 'hostedZone', ONLY);
      wanted.set(ONLY, { name: domain.zone, ...tags });
    } else if (domain && !zones.delete(ONLY)) {
      // One that is there is used as it is, whoever made it.
      return [missing(domain.zone)];
    }
    return compare({
      step: 'hostedZone',
      wanted,
      found: zones,
      fieldsOf: (zone) => ({ name: zone.name, ...tagFields(zone.tags) }),
      foreign(zone) {
        const owner = foreignOwner(zone.tags, want.names.stack);
        return owner && `${owner}; without domain.createZone it would be used as it is`;
      },
    });
  },

  async apply(act) {
    const hostedZoneId = act.item?.hostedZoneId ?? (await create(act));
    await act.record({ hostedZoneId });
    const former = formerTagsIn(act.change);
    if (touches(act.change, 'tag.')) {
      await act.aws.route53(
        new ChangeTagsForResourceCommand({
          ResourceType: 'hostedzone',
          ResourceId: hostedZoneId,
          AddTags: upper(act.tags),
          ...(former.length > 0 && { RemoveTagKeys: former }),
        }),
      );
    }
    return { hostedZoneId };
  },
};

const missing = (zone: string): Change => ({
  step: 'hostedZone',
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
async function create(act: Act<'hostedZone'>): Promise<string> {
  const ours = async () => {
    const zone = await act.again();
    return zone && isOurZone(act, zone) ? zone : undefined;
  };
  try {
    return await send(act, act.intent.token);
  } catch (error) {
    const isTaken = isCode(error, TAKEN);
    if (isTaken && act.careful.reopened && (await findWithin(act.careful, LAG, ours)) === undefined) {
      return send(act, (await act.renew()).token);
    }
    return (await adoptNamed(act, error, TAKEN, `the zone ${act.config.domain?.zone}`)).hostedZoneId;
  }
}

async function send(act: Act<'hostedZone'>, token: string): Promise<string> {
  const { HostedZone } = await act.aws.route53(
    new CreateHostedZoneCommand({
      Name: act.config.domain?.zone,
      CallerReference: callerReference(act, token),
      HostedZoneConfig: { Comment: `Made by Slipway for ${act.names.stack}` },
    }),
  );
  return (HostedZone?.Id ?? '').replace(/^\/hostedzone\//, '');
}
