/** Finds the record of the domain in its hosted zone. */
import { ListResourceRecordSetsCommand, type ResourceRecordSet } from '@aws-sdk/client-route-53';
import { only, ONLY, type Ids, type Items } from '../resources.ts';
import { STACK_TAG, type Tags } from '../tags.ts';
import { lookHostedZone, type FoundHostedZone } from './hosted-zone.ts';
import { ifThere } from './if-there.ts';
import type { See } from './see.ts';

export interface FoundRecord extends Readonly<Ids['record']> {
  readonly hostedZoneId: string;
  /** The name it is an alias of, normalised; empty when it is no alias. */
  readonly aliasTo: string;
  readonly aliasZoneId: string;
  readonly evaluateTargetHealth: boolean;
  /** As Route 53 holds it: a delete must name it exactly. */
  readonly set: ResourceRecordSet;
  /** Records cannot be tagged: a simple one is ours when its zone is, or when it leads to a load balancer of our name. */
  readonly tags: Tags;
}

export const RECORD_TYPE = 'A';

/** Route 53 shows names in lower case with a dot at the end, and load balancers with or without `dualstack.`. */
export const normalName = (name = ''): string =>
  name
    .toLowerCase()
    .replace(/\.$/, '')
    .replace(/^dualstack\./, '');

/**
 * Besides an A record a CNAME is looked for: where one is, no other record can be made.
 * @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListResourceRecordSets.html
 */
export async function lookRecord(see: See): Promise<Items<FoundRecord>> {
  const { domain } = see.config;
  const zone = only(await lookHostedZone(see));
  if (!domain || !zone) return new Map();
  const list = new ListResourceRecordSetsCommand({
    HostedZoneId: zone.hostedZoneId,
    StartRecordName: domain.name,
    StartRecordType: RECORD_TYPE,
    MaxItems: 1,
  });
  const [set] = (await ifThere(() => see.aws.route53(list)))?.ResourceRecordSets ?? [];
  if (!set || normalName(set.Name) !== domain.name) return new Map();
  if (set.Type !== RECORD_TYPE && set.Type !== 'CNAME') return new Map();
  const item: FoundRecord = {
    recordName: domain.name,
    hostedZoneId: zone.hostedZoneId,
    aliasTo: normalName(set.AliasTarget?.DNSName),
    aliasZoneId: set.AliasTarget?.HostedZoneId ?? '',
    evaluateTargetHealth: set.AliasTarget?.EvaluateTargetHealth ?? false,
    set,
    tags: isOurs(see, zone, set) ? { [STACK_TAG]: see.names.stack } : {},
  };
  return new Map([[ONLY, item]]);
}

/** An alias of `<name>-<digits>.<region>.elb.…` is recognised when that load balancer itself is gone, too. */
function isOurs({ config, names }: See, zone: FoundHostedZone, set: ResourceRecordSet): boolean {
  if (set.Type !== RECORD_TYPE || set.SetIdentifier !== undefined) return false;
  const balancer = new RegExp(`^${names.loadBalancer}-\\d+\\.${config.region}\\.elb\\.`);
  return zone.tags[STACK_TAG] === names.stack || balancer.test(normalName(set.AliasTarget?.DNSName));
}
