/** Finds the record of the domain in its hosted zone. */
import { ListResourceRecordSetsCommand, type ResourceRecordSet } from '@aws-sdk/client-route-53';
import { isNotFound } from '../aws-error.ts';
import { only, ONLY, type Ids, type Items } from '../resources.ts';
import { STACK_TAG, type Tags } from '../tags.ts';
import { lookHostedZone } from './hosted-zone.ts';
import type { See } from './see.ts';

export interface FoundRecord extends Readonly<Ids['record']> {
  readonly hostedZoneId: string;
  /** The name it is an alias of, normalised; empty when it is no alias. */
  readonly aliasTo: string;
  readonly aliasZoneId: string;
  readonly evaluateTargetHealth: boolean;
  /** As Route 53 holds it: a delete must name it exactly. */
  readonly set: ResourceRecordSet;
  /** Records cannot be tagged: one is ours when the zone is, or when it leads to a load balancer of our name. */
  readonly tags: Tags;
}

export const RECORD_TYPE = 'A';

/** Route 53 shows names in lower case with a dot at the end, and load balancers with or without `dualstack.`. */
export const normalName = (name: string): string =>
  name
    .toLowerCase()
    .replace(/\.$/, '')
    .replace(/^dualstack\./, '');

/** @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListResourceRecordSets.html */
export async function lookRecord(see: See): Promise<Items<FoundRecord>> {
  const { domain } = see.config;
  const zone = only(await lookHostedZone(see));
  if (!domain || !zone) return new Map();
  const set = await find(see, zone.hostedZoneId, domain.name);
  if (!set) return new Map();
  const aliasTo = normalName(set.AliasTarget?.DNSName ?? '');
  const isOurs = zone.tags[STACK_TAG] === see.names.stack || isOurBalancer(aliasTo, see.names.loadBalancer);
  const item: FoundRecord = {
    recordName: domain.name,
    hostedZoneId: zone.hostedZoneId,
    aliasTo,
    aliasZoneId: set.AliasTarget?.HostedZoneId ?? '',
    evaluateTargetHealth: set.AliasTarget?.EvaluateTargetHealth ?? false,
    set,
    tags: isOurs ? { [STACK_TAG]: see.names.stack } : {},
  };
  return new Map([[ONLY, item]]);
}

/** `<name>-<digits>.<region>.elb.…`: also recognised when the load balancer itself is gone. */
const isOurBalancer = (dnsName: string, name: string): boolean =>
  new RegExp(`^${name}-\\d+\\.`).test(dnsName) && dnsName.includes('.elb.');

async function find(
  { aws }: See,
  HostedZoneId: string,
  name: string,
): Promise<ResourceRecordSet | undefined> {
  try {
    const { ResourceRecordSets = [] } = await aws.route53(
      new ListResourceRecordSetsCommand({
        HostedZoneId,
        StartRecordName: name,
        StartRecordType: RECORD_TYPE,
        MaxItems: 1,
      }),
    );
    return ResourceRecordSets.find(
      ({ Name = '', Type }) => normalName(Name) === name && Type === RECORD_TYPE,
    );
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
