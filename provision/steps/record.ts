/** The records: each name of the domain as an alias of the load balancer. They come last, so that no name points at nothing. */
import {
  ChangeResourceRecordSetsCommand,
  GetChangeCommand,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import { isNotFound, messageOf } from '../../lib/aws/errors.ts';
import { foreignOwner } from '../../lib/derive/ownership.ts';
import { adoptByName } from '../../lib/engine/adopt-by-name.ts';
import type { Applied, ApplyContext, Planned, Step } from '../../lib/engine/step.ts';
import { pending, ready } from '../../lib/engine/until.ts';
import type { Desired } from '../../lib/look/context.ts';
import type { Survey } from '../../lib/look/found.ts';
import { IPV6_RECORD_TYPE, RECORD_TYPE } from '../../lib/look/record-sets.ts';
import { ipv6RecordKey, normalisedAliasName } from '../../lib/look/record.ts';
import { namesOfDomain } from '../../lib/config/config.ts';
import { compare, knownAfter, type DesiredFields } from '../../lib/model/change.ts';
import { only, ONLY } from '../../lib/model/resources.ts';

type Field = 'name' | 'alias to' | 'alias zone' | 'evaluate target health';
type Context = ApplyContext<'record', Field>;

function desiredFields(
  { config }: Desired,
  found: Survey,
  planned: Planned<'loadBalancer'>,
): Map<string, DesiredFields<Field>> {
  if (!config.domain) return new Map();
  const balancer = planned.isReplaced('loadBalancer') ? undefined : only(found.loadBalancer);
  return new Map(
    namesOfDomain(config.domain).flatMap((name, index) =>
      [index === 0 ? ONLY : name, ...(config.ipv6 ? [ipv6RecordKey(name)] : [])].map((key) => [
        key,
        {
          name,
          'alias to': balancer ? normalisedAliasName(balancer.dnsName) : knownAfter('loadBalancer'),
          'alias zone': balancer?.hostedZoneId ?? knownAfter('loadBalancer'),
          'evaluate target health': true,
        },
      ]),
    ),
  );
}

export const record: Step<'record', Field> = {
  diff: (desired, found, planned) =>
    compare({
      noun: 'record',
      desired: desiredFields(desired, found, planned),
      found: found.record,
      fieldsOf: ({ recordName, aliasTo, aliasZoneId, evaluateTargetHealth }) => ({
        name: recordName,
        'alias to': aliasTo,
        'alias zone': aliasZoneId,
        'evaluate target health': evaluateTargetHealth,
      }),
      whyForeign: ({ tags }) => foreignOwner(tags, desired.names.stack),
    }),

  /**
   * The first write is a CREATE, which can never overwrite someone else's record. If a record exists, it may be ours: the
   * response of an earlier write may have been lost. In that case, the record is written again.
   */
  async create(context) {
    try {
      return toApplied(context, await send(context, 'CREATE'));
    } catch (error) {
      if (!/already exists|conflicts with/.test(messageOf(error))) throw error;
      await adoptByName(context, error, 'InvalidChangeBatch', `the name ${nameOf(context)}`);
      return toApplied(context, await send(context, 'UPSERT'));
    }
  },

  /**
   * Overwrites a simple record of the same type. Any other record is deleted in the same batch that creates ours, so that the name always
   * resolves.
   */
  update: async (context, { set }) =>
    toApplied(
      context,
      set.Type === typeOf(context) && set.SetIdentifier === undefined
        ? await send(context, 'UPSERT')
        : await send(context, 'CREATE', set),
    ),
};

const nameOf = ({ config, change }: Context): string =>
  change.key === ONLY ? (config.domain?.name ?? '') : change.key.replace(`/${IPV6_RECORD_TYPE}`, '');

/** The record with the IPv6 addresses of a name has a separate key. */
const typeOf = ({ change }: Context): 'A' | 'AAAA' =>
  change.key === ipv6RecordKey(change.key.replace(`/${IPV6_RECORD_TYPE}`, ''))
    ? IPV6_RECORD_TYPE
    : RECORD_TYPE;

/**
 * Returns the ids of the record, and a function that waits until its change has propagated.
 * @param changeId the id of the change; undefined if it has already propagated
 */
const toApplied = (context: Context, changeId: string | undefined): Applied<'record'> => ({
  ids: { recordName: nameOf(context), hostedZoneId: only(context.ids.hostedZone)?.hostedZoneId ?? '' },
  wait: async () => {
    if (changeId !== undefined && context.waitUntilReady) await waitUntilInSync(context, changeId);
  },
});

/**
 * Writes the record.
 * @param replaced a record to delete in the same batch
 * @returns the id of the change, unless it has propagated already
 * @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html
 */
async function send(
  context: Context,
  Action: 'CREATE' | 'UPSERT',
  replaced?: ResourceRecordSet,
): Promise<string | undefined> {
  const { aws, ids } = context;
  const balancer = only(ids.loadBalancer);
  const { ChangeInfo } = await aws.route53(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: only(ids.hostedZone)?.hostedZoneId,
      ChangeBatch: {
        Changes: [
          ...(replaced ? [{ Action: 'DELETE' as const, ResourceRecordSet: replaced }] : []),
          {
            Action,
            ResourceRecordSet: {
              Name: nameOf(context),
              Type: typeOf(context),
              AliasTarget: {
                DNSName: balancer?.dnsName,
                HostedZoneId: balancer?.hostedZoneId,
                EvaluateTargetHealth: true,
              },
            },
          },
        ],
      },
    }),
  );
  return ChangeInfo?.Status === 'INSYNC' ? undefined : ChangeInfo?.Id;
}

/** @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetChange.html */
const waitUntilInSync = (context: Context, Id: string): Promise<void> =>
  context.until(`${nameOf(context)} to be on all of Route 53's servers`, 'dns', async () => {
    try {
      const { ChangeInfo } = await context.aws.route53(new GetChangeCommand({ Id }));
      return ChangeInfo?.Status === 'INSYNC' ? ready(undefined) : pending('propagating to all name servers');
    } catch (error) {
      if (isNotFound(error)) return pending('the change is not visible yet');
      throw error;
    }
  });
