/** The hosted zone of the domain: the account's own, or one that the stack creates and owns. */
import { ChangeTagsForResourceCommand, CreateHostedZoneCommand } from '@aws-sdk/client-route-53';
import { isCode } from '../lib/aws-error.ts';
import { compare, touches, type Change, type Fields } from '../lib/change.ts';
import type { Survey } from '../lib/look/found.ts';
import { foreignOwner, type Want } from '../lib/look/see.ts';
import { only, ONLY } from '../lib/resources.ts';
import type { Act, Step } from '../lib/step.ts';
import { tagFields, tagsOf, upper } from '../lib/tags.ts';

export const hostedZone: Step<'hostedZone'> = {
  diff(want, found) {
    const { domain } = want.config;
    if (!domain) return ours(want, found, new Map());
    if (domain.createZone) {
      const tags = tagFields(tagsOf(want.config, want.names.stack, 'hostedZone', ONLY));
      return ours(want, found, new Map([[ONLY, { name: domain.zone, ...tags }]]));
    }
    if (found.hostedZone.size > 0) return [];
    return [
      refused(`the account has no public hosted zone ${domain.zone}, and domain.createZone is not set`),
    ];
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

const refused = (reason: string): Change => ({
  step: 'hostedZone',
  key: ONLY,
  verb: 'refused',
  fields: [],
  reason,
});

/** A zone of the account's own may be used, but is never ours to change or to remove. */
function ours(want: Want, found: Survey, wanted: ReadonlyMap<string, Fields>): Change[] {
  const zone = only(found.hostedZone);
  const foreign = zone && foreignOwner(zone.tags, want.names.stack);
  if (foreign !== undefined && wanted.size === 0) return [];
  return compare({
    step: 'hostedZone',
    wanted,
    found: found.hostedZone,
    fieldsOf: ({ name, tags }) => ({ name, ...tagFields(tags) }),
    foreign: ({ tags }) => foreignOwner(tags, want.names.stack),
  });
}

/**
 * The caller reference is the only identity that a zone has before its tags: a repeated one is refused, and the zone
 * that has it is ours.
 * @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateHostedZone.html
 */
async function create(act: Act<'hostedZone'>): Promise<string> {
  try {
    const { HostedZone } = await act.aws.route53(
      new CreateHostedZoneCommand({
        Name: act.config.domain?.zone,
        CallerReference: `${act.names.stack}/${act.intent.token}`,
        HostedZoneConfig: { Comment: `Made by Slipway for ${act.names.stack}` },
      }),
    );
    return (HostedZone?.Id ?? '').replace(/^\/hostedzone\//, '');
  } catch (error) {
    const found = isCode(error, 'HostedZoneAlreadyExists') ? await act.again() : undefined;
    if (!found) throw error;
    return found.hostedZoneId;
  }
}
