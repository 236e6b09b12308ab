/** The zone in which ACM looks for validation records, and why it may not find them: the parent does not delegate to the zone. */
import type { ApplyContext } from '../lib/engine/step.ts';
import { fetchNameServers } from '../lib/look/hosted-zone.ts';
import { bareName, fetchRecordSetsAt } from '../lib/look/record-sets.ts';
import { nowAfter, problem, type Problem } from '../lib/model/problem.ts';
import { only } from '../lib/model/resources.ts';

/** The context of a wait for the validation. */
export type ZoneContext = Pick<ApplyContext<'listener'>, 'aws' | 'config' | 'found' | 'ids'>;

/** Returns the name of the hosted zone, which the configuration may name by its id only. */
export const zoneOf = ({ config: { domain }, found }: ZoneContext): string =>
  domain?.zone ?? found.domain?.zone ?? domain?.zoneId ?? '';

/** Returns the name servers of the hosted zone. */
export const nameServersOf = async ({ aws, ids }: ZoneContext): Promise<string[]> =>
  (await fetchNameServers(aws, only(ids.hostedZone)?.hostedZoneId)).map(bareName);

/**
 * Returns the problem of a zone that the account's own parent zone does not delegate, or delegates to other servers; undefined if
 * the account has no parent zone.
 * @param servers the name servers of the zone
 */
export async function undelegatedZone(
  context: ZoneContext,
  servers: readonly string[],
): Promise<Problem | undefined> {
  const { aws, config, found } = context;
  const parent = found.domain?.parentZone;
  const { domain } = config;
  if (!parent || !domain) return undefined;
  const zone = zoneOf(context);
  const sets = await fetchRecordSetsAt(aws, parent.hostedZoneId, zone);
  const record = sets.find(({ Type }) => Type === 'NS');
  const delegated = (record?.ResourceRecords ?? []).map(({ Value }) => bareName(Value));
  if (delegated.some((server) => servers.includes(server))) return undefined;
  return problem('CERTIFICATE', {
    what: `ACM cannot validate ${domain.name}: the zone ${zone} is not delegated.`,
    why: record
      ? `The NS record for ${zone} in the account's zone ${parent.name} (${parent.hostedZoneId}) names other servers: ${delegated.join(', ')}. They do not have the validation records.`
      : `The account's zone ${parent.name} (${parent.hostedZoneId}) has no NS record for ${zone}, so no resolver finds the validation records.`,
    now: `${nowAfter('npm run provision')} ACM keeps looking for 72 hours.`,
    fix: [
      `${record ? 'Change the' : 'Add an'} NS record for ${zone} ${record ? 'in' : 'to'} ${parent.name}, with these values: ${servers.join(', ')}.`,
      'Then npm run provision, to continue.',
    ],
  });
}
