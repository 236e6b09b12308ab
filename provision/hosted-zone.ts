/** The hosted zone of the domain: the account's own, or one that the stack creates and owns. */
import { ChangeTagsForResourceCommand, CreateHostedZoneCommand } from '@aws-sdk/client-route-53';
import { adoptNamed } from '../lib/adopt-named.ts';
import { compare, touches, type Change } from '../lib/change.ts';
import { callerReference } from '../lib/look/hosted-zone.ts';
import { foreignOwner } from '../lib/look/see.ts';
import { ONLY } from '../lib/resources.ts';
import type { Act, Step } from '../lib/step.ts';
import { tagFields, tagsOf, upper } from '../lib/tags.ts';

export const hostedZone: Step<'hostedZone'> = {
  diff({ config, names }, found) {
    const { domain } = config;
    if (!domain) return [];
    if (!domain.createZone) return found.hostedZone.size > 0 ? [] : [missing(domain.zone)];
    const tags = tagFields(tagsOf(config, names.stack, 'hostedZone', ONLY));
    return compare({
      step: 'hostedZone',
      wanted: new Map([[ONLY, { name: domain.zone, ...tags }]]),
      found: found.hostedZone,
      fieldsOf: (zone) => ({ name: zone.name, ...tagFields(zone.tags) }),
      foreign(zone) {
        const owner = foreignOwner(zone.tags, names.stack);
        return owner && `${owner}; without domain.createZone it would be used as it is`;
      },
    });
  },

  async apply(act) {
    const hostedZoneId = act.item?.hostedZoneId ?? (await create(act));
    await act.record({ hostedZoneId });
    if (touches(act.change, 'tag.')) {
      await act.aws.route53(
        new ChangeTagsForResourceCommand({
          ResourceType: 'hostedzone',
          ResourceId: hostedZoneId,
          AddTags: upper(act.tags),
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
 * create, whose answer was lost; that of a zone that is gone is never free again, and no two intents have one token.
 * @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateHostedZone.html
 */
async function create(act: Act<'hostedZone'>): Promise<string> {
  const Name = act.config.domain?.zone;
  try {
    const { HostedZone } = await act.aws.route53(
      new CreateHostedZoneCommand({
        Name,
        CallerReference: callerReference(act, act.intent.token),
        HostedZoneConfig: { Comment: `Made by Slipway for ${act.names.stack}` },
      }),
    );
    return (HostedZone?.Id ?? '').replace(/^\/hostedzone\//, '');
  } catch (error) {
    return (await adoptNamed(act, error, 'HostedZoneAlreadyExists', `the zone ${Name}`)).hostedZoneId;
  }
}
