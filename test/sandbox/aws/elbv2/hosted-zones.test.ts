// The canonical hosted zones of load balancers in several regions and partitions.
import { ChangeResourceRecordSetsCommand, CreateHostedZoneCommand } from '@aws-sdk/client-route-53';
import { expect, test } from '@jest/globals';
import { canonicalHostedZoneId } from '../../../../sandbox/aws/elbv2/hosted-zones.ts';
import { awsPartitionFor } from '../../../../sandbox/world/partitions.ts';
import { refusalOf } from '../../harness.ts';
import { alias, batchOf } from '../route53/scene.ts';
import { scene } from './scene.ts';

test.each([
  ['us-east-1', 'Z35SXDOTRQ7X7K'],
  ['eu-west-1', 'Z32O12XQLNTSW2'],
  ['cn-north-1', 'Z1GDH35T77C1KE'],
  ['us-gov-west-1', 'Z33AYJ8TM3BH4J'],
])('the hosted zone of load balancers in %s is %s', (region, id) => {
  expect(canonicalHostedZoneId(region)).toBe(id);
});

test('no two regions have the same zone, even where AWS publishes no zone', () => {
  const partitions = ['us-east-1', 'cn-north-1', 'us-gov-east-1', 'eusc-de-east-1', 'us-iso-east-1'];
  const regions = partitions.flatMap((region) => awsPartitionFor(region).regions);
  const ids = regions.map(canonicalHostedZoneId);
  expect(new Set(ids).size).toBe(regions.length);
  for (const id of ids) expect(id).toMatch(/^Z[A-Z0-9]{12,20}$/);
});

test("an alias must name the zone of its load balancer's region", async () => {
  const { describeBalancer, makeBalancer, route53 } = await scene();
  await makeBalancer();
  const { CanonicalHostedZoneId, DNSName = '' } = (await describeBalancer()) ?? {};
  expect(CanonicalHostedZoneId).toBe('Z32O12XQLNTSW2');
  const { HostedZone } = await route53.send(
    new CreateHostedZoneCommand({ Name: 'example.com', CallerReference: 'one' }),
  );
  const change = (zone: string) =>
    route53.send(
      new ChangeResourceRecordSetsCommand({
        HostedZoneId: HostedZone?.Id,
        ChangeBatch: { Changes: batchOf('CREATE', alias('www.example.com', zone, DNSName)) },
      }),
    );
  expect(await refusalOf(change('Z35SXDOTRQ7X7K'))).toEqual({
    code: 'InvalidChangeBatch',
    message: expect.stringContaining('the alias target name does not lie within the target zone'),
  });
  await change('Z32O12XQLNTSW2');
});

test('a load balancer from an earlier version of the sandbox keeps the zone of us-east-1', async () => {
  const { describeBalancer, makeBalancer, route53, region } = await scene();
  await makeBalancer();
  const { DNSName = '' } = (await describeBalancer()) ?? {};
  const row = region.route53.balancerNames.get(`${DNSName}.`);
  expect(row?.hostedZoneId).toBe('Z32O12XQLNTSW2');
  if (row) delete row.hostedZoneId;
  const { HostedZone } = await route53.send(
    new CreateHostedZoneCommand({ Name: 'example.com', CallerReference: 'one' }),
  );
  await route53.send(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: HostedZone?.Id,
      ChangeBatch: { Changes: batchOf('CREATE', alias('www.example.com', 'Z35SXDOTRQ7X7K', DNSName)) },
    }),
  );
});
