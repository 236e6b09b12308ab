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

/** A record set with these values; its TTL is one minute by default. */
export const record = (
  Name: string,
  Type: RRType,
  values: string[],
  more: Partial<ResourceRecordSet> = {},
): ResourceRecordSet => ({
  Name,
  Type,
  TTL: 60,
  ResourceRecords: values.map((Value) => ({ Value })),
  ...more,
});

/** An alias of type A. */
export const alias = (
  Name: string,
  HostedZoneId: string,
  DNSName: string,
  more: Partial<ResourceRecordSet> = {},
): ResourceRecordSet => ({
  Name,
  Type: 'A',
  AliasTarget: { HostedZoneId, DNSName, EvaluateTargetHealth: false },
  ...more,
});

/** Changes of one action. */
export const all = (Action: ChangeAction, ...records: ResourceRecordSet[]): Change[] =>
  records.map((ResourceRecordSet) => ({ Action, ResourceRecordSet }));

const zoned = async <S extends Pick<Awaited<ReturnType<typeof sandbox>>, 'route53'>>(started: S) => {
  const { route53 } = started;
  const addZone = async (Name: string, CallerReference = Name) => {
    const { HostedZone } = await route53.send(new CreateHostedZoneCommand({ Name, CallerReference }));
    return HostedZone?.Id?.replace('/hostedzone/', '') ?? '';
  };
  const zoneId = await addZone('example.com');
  const change = (changes: Change[], HostedZoneId = zoneId) =>
    route53.send(new ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch: { Changes: changes } }));
  /** The record sets besides those that came with the zone. */
  const records = async (HostedZoneId = zoneId) => {
    const { ResourceRecordSets = [] } = await route53.send(
      new ListResourceRecordSetsCommand({ HostedZoneId }),
    );
    return ResourceRecordSets.filter(({ Type }) => Type !== 'NS' && Type !== 'SOA');
  };
  return { ...started, addZone, zoneId, change, records };
};

export const zoneScene = async () => zoned(await sandbox());

/** With a load balancer, too. */
export async function aliasScene() {
  const started = await balancerScene();
  await started.balancer('Web');
  const { DNSName = '', CanonicalHostedZoneId = '' } = (await started.found('Web')) ?? {};
  return { ...(await zoned(started)), DNSName, CanonicalHostedZoneId };
}
