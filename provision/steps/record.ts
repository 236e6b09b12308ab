/** The record: the domain as an alias of the load balancer. It comes last, so that it never leads to nothing. */
import {
  ChangeResourceRecordSetsCommand,
  GetChangeCommand,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import { adoptByName } from '../../lib/engine/adopt-by-name.ts';
import { isNotFound, messageOf } from '../../lib/aws/errors.ts';
import { compare, knownAfter, type Fields } from '../../lib/model/change.ts';
import type { Survey } from '../../lib/look/found.ts';
import { RECORD_TYPE } from '../../lib/look/record-sets.ts';
import { normalisedAliasName } from '../../lib/look/record.ts';
import { foreignOwner, type Desired } from '../../lib/look/context.ts';
import { only, ONLY } from '../../lib/model/resources.ts';
import type { ApplyContext, Step } from '../../lib/engine/step.ts';
import { pending, ready } from '../../lib/engine/until.ts';
import { hasFailed } from './load-balancer.ts';

function desiredFields({ config }: Desired, found: Survey): Map<string, Fields> {
  if (!config.domain) return new Map();
  const balancer = hasFailed(found) ? undefined : only(found.loadBalancer);
  return new Map([
    [
      ONLY,
      {
        name: config.domain.name,
        'alias to': balancer ? normalisedAliasName(balancer.dnsName) : knownAfter('loadBalancer'),
        'alias zone': balancer?.hostedZoneId ?? knownAfter('loadBalancer'),
        'evaluate target health': true,
      },
    ],
  ]);
}

export const record: Step<'record'> = {
  diff: (desired, found) =>
    compare({
      noun: 'record',
      desired: desiredFields(desired, found),
      found: found.record,
      fieldsOf: ({ recordName, aliasTo, aliasZoneId, evaluateTargetHealth }) => ({
        name: recordName,
        'alias to': aliasTo,
        'alias zone': aliasZoneId,
        'evaluate target health': evaluateTargetHealth,
      }),
      foreign: ({ tags }) => foreignOwner(tags, desired.names.stack),
    }),

  async apply(context) {
    const recordName = context.config.domain?.name ?? '';
    const change = await write(context, recordName);
    const ids = { recordName, hostedZoneId: only(context.ids.hostedZone)?.hostedZoneId ?? '' };
    await context.record(ids);
    if (change !== undefined && context.waitUntilReady) await inSync(context, change, recordName);
    return ids;
  },
};

/**
 * The first write is a CREATE: it can never overwrite a record of somebody else. One that is there already is ours
 * when an earlier answer was lost, and then it is set again.
 * @returns the id of the change
 * @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html
 */
async function write(context: ApplyContext<'record'>, name: string): Promise<string | undefined> {
  if (context.existing)
    return isOver(context.existing.set)
      ? send(context, name, 'UPSERT')
      : send(context, name, 'CREATE', context.existing.set);
  try {
    return await send(context, name, 'CREATE');
  } catch (error) {
    if (!/already exists|conflicts with/.test(messageOf(error))) throw error;
    await adoptByName(context, error, 'InvalidChangeBatch', `the name ${name}`);
    return send(context, name, 'UPSERT');
  }
}

/** An A record is written over; anything else goes in the same batch, so that the name never leads nowhere. */
const isOver = ({ Type, SetIdentifier }: ResourceRecordSet): boolean =>
  Type === RECORD_TYPE && SetIdentifier === undefined;

async function send(
  { aws, ids: made }: ApplyContext<'record'>,
  name: string,
  Action: 'CREATE' | 'UPSERT',
  gone?: ResourceRecordSet,
): Promise<string | undefined> {
  const balancer = only(made.loadBalancer);
  const { ChangeInfo } = await aws.route53(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: only(made.hostedZone)?.hostedZoneId,
      ChangeBatch: {
        Changes: [
          ...(gone ? [{ Action: 'DELETE' as const, ResourceRecordSet: gone }] : []),
          {
            Action,
            ResourceRecordSet: {
              Name: name,
              Type: RECORD_TYPE,
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
async function inSync(context: ApplyContext<'record'>, Id: string, name: string): Promise<void> {
  await context.until(`${name} to be in all of Route 53's servers`, 'dns', async () => {
    try {
      const { ChangeInfo } = await context.aws.route53(new GetChangeCommand({ Id }));
      return ChangeInfo?.Status === 'INSYNC' ? ready(undefined) : pending('spreading to all name servers');
    } catch (error) {
      if (isNotFound(error)) return pending('the change is not seen yet');
      throw error;
    }
  });
}
