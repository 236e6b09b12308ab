/** The record: the domain as an alias of the load balancer. It comes last, so that it never leads to nothing. */
import {
  ChangeResourceRecordSetsCommand,
  GetChangeCommand,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import { adoptNamed } from '../../lib/engine/adopt-by-name.ts';
import { isNotFound, messageOf } from '../../lib/aws/errors.ts';
import { compare, later, type Fields } from '../../lib/model/change.ts';
import type { Survey } from '../../lib/look/found.ts';
import { RECORD_TYPE } from '../../lib/look/record-sets.ts';
import { normalName } from '../../lib/look/record.ts';
import { foreignOwner, type Want } from '../../lib/look/context.ts';
import { only, ONLY } from '../../lib/model/resources.ts';
import type { Act, Step } from '../../lib/engine/step.ts';
import { pending, ready } from '../../lib/engine/until.ts';
import { isLost } from './load-balancer.ts';

function wanted({ config }: Want, found: Survey): Map<string, Fields> {
  if (!config.domain) return new Map();
  const balancer = isLost(found) ? undefined : only(found.loadBalancer);
  return new Map([
    [
      ONLY,
      {
        name: config.domain.name,
        'alias to': balancer ? normalName(balancer.dnsName) : later('loadBalancer'),
        'alias zone': balancer?.hostedZoneId ?? later('loadBalancer'),
        'evaluate target health': true,
      },
    ],
  ]);
}

export const record: Step<'record'> = {
  diff: (want, found) =>
    compare({
      step: 'record',
      wanted: wanted(want, found),
      found: found.record,
      fieldsOf: ({ recordName, aliasTo, aliasZoneId, evaluateTargetHealth }) => ({
        name: recordName,
        'alias to': aliasTo,
        'alias zone': aliasZoneId,
        'evaluate target health': evaluateTargetHealth,
      }),
      foreign: ({ tags }) => foreignOwner(tags, want.names.stack),
    }),

  async apply(act) {
    const recordName = act.config.domain?.name ?? '';
    const change = await write(act, recordName);
    const ids = { recordName, hostedZoneId: only(act.made.hostedZone)?.hostedZoneId ?? '' };
    await act.record(ids);
    if (change !== undefined && act.patient) await inSync(act, change, recordName);
    return ids;
  },
};

/**
 * The first write is a CREATE: it can never overwrite a record of somebody else. One that is there already is ours
 * when an earlier answer was lost, and then it is set again.
 * @returns the id of the change
 * @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html
 */
async function write(act: Act<'record'>, name: string): Promise<string | undefined> {
  if (act.item)
    return isOver(act.item.set) ? send(act, name, 'UPSERT') : send(act, name, 'CREATE', act.item.set);
  try {
    return await send(act, name, 'CREATE');
  } catch (error) {
    if (!/already exists|conflicts with/.test(messageOf(error))) throw error;
    await adoptNamed(act, error, 'InvalidChangeBatch', `the name ${name}`);
    return send(act, name, 'UPSERT');
  }
}

/** An A record is written over; anything else goes in the same batch, so that the name never leads nowhere. */
const isOver = ({ Type, SetIdentifier }: ResourceRecordSet): boolean =>
  Type === RECORD_TYPE && SetIdentifier === undefined;

async function send(
  { aws, made }: Act<'record'>,
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
async function inSync(act: Act<'record'>, Id: string, name: string): Promise<void> {
  await act.until(`${name} to be in all of Route 53's servers`, 'dns', async () => {
    try {
      const { ChangeInfo } = await act.aws.route53(new GetChangeCommand({ Id }));
      return ChangeInfo?.Status === 'INSYNC' ? ready(undefined) : pending('spreading to all name servers');
    } catch (error) {
      if (isNotFound(error)) return pending('the change is not seen yet');
      throw error;
    }
  });
}
