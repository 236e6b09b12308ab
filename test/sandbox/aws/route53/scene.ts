// The scene for most tests of record sets: a sandbox with one hosted zone, and short names for changes.
import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  ListResourceRecordSetsCommand,
  type Change,
  type ChangeAction,
  type ResourceRecordSet,
  type RRType,
} from '@aws-sdk/client-route-53';
import { scene as balancerScene } from '../elbv2/scene.ts';
import { sandbox } from '../../harness.ts';

/** Returns a record set with these values and a default TTL of one minute. */
export const record = (
  Name: string,
  Type: RRType,
  values: string[],
  overrides: Partial<ResourceRecordSet> = {},
): ResourceRecordSet => ({
  Name,
  Type,
  TTL: 60,
  ResourceRecords: values.map((Value) => ({ Value })),
  ...overrides,
});

/** Returns an alias of type A. */
export const alias = (
  Name: string,
  HostedZoneId: string,
  DNSName: string,
  overrides: Partial<ResourceRecordSet> = {},
): ResourceRecordSet => ({
  Name,
  Type: 'A',
  AliasTarget: { HostedZoneId, DNSName, EvaluateTargetHealth: false },
  ...overrides,
});

/** Returns changes with the same action for several record sets. */
export const batchOf = (Action: ChangeAction, ...records: ResourceRecordSet[]): Change[] =>
  records.map((ResourceRecordSet) => ({ Action, ResourceRecordSet }));

const withZone = async <S extends Pick<Awaited<ReturnType<typeof sandbox>>, 'route53'>>(started: S) => {
  const { route53 } = started;
  const addZone = async (Name: string, CallerReference = Name) => {
    const { HostedZone } = await route53.send(new CreateHostedZoneCommand({ Name, CallerReference }));
    return HostedZone?.Id?.replace('/hostedzone/', '') ?? '';
  };
  const zoneId = await addZone('example.com');
  const change = (changes: Change[], HostedZoneId = zoneId) =>
    route53.send(new ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch: { Changes: changes } }));
  /** Returns the record sets except those that were created with the zone. */
  const records = async (HostedZoneId = zoneId) => {
    const { ResourceRecordSets = [] } = await route53.send(
      new ListResourceRecordSetsCommand({ HostedZoneId }),
    );
    return ResourceRecordSets.filter(({ Type }) => Type !== 'NS' && Type !== 'SOA');
  };
  return { ...started, addZone, zoneId, change, records };
};

export const zoneScene = async () => withZone(await sandbox());

/** Starts the zone scene with a load balancer. */
export async function aliasScene() {
  const started = await balancerScene();
  await started.makeBalancer('Web');
  const { DNSName = '', CanonicalHostedZoneId = '' } = (await started.describeBalancer('Web')) ?? {};
  return { ...(await withZone(started)), DNSName, CanonicalHostedZoneId };
}
