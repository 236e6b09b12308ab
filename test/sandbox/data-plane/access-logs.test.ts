// The access logs of served load balancers: compressed files in S3, after five minutes and at shutdown.
import { gunzipSync } from 'node:zlib';
import { AssociateRouteTableCommand, AuthorizeSecurityGroupIngressCommand } from '@aws-sdk/client-ec2';
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  DeleteLoadBalancerCommand,
  ModifyLoadBalancerAttributesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { CreateBucketCommand, DeleteBucketPolicyCommand, PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { expect, test } from '@jest/globals';
import { makeAccessLogs } from '../../../sandbox/data-plane/access-logs.ts';
import type { Region } from '../../../sandbox/world/region.ts';
import { manualClock } from '../../../sandbox/world/clock.ts';
import { makerOf, required } from '../aws/ec2/scene.ts';
import { sandboxWithDataPlane } from '../harness.ts';

const Bucket = 'shop-logs';
const MINUTE_MS = 60_000;

/** Makes a load balancer that everyone reaches, and that logs its requests. */
async function loggingScene() {
  const clock = manualClock(Date.UTC(2026, 0, 1, 12, 1));
  const started = await sandboxWithDataPlane({ clock, pace: 1 });
  const { ec2, elbv2, s3, url } = started;
  const make = makerOf(ec2);
  const vpc = await make.vpc();
  const gateway = await make.gateway(vpc);
  const subnets = [await make.subnet(vpc), await make.subnet(vpc, '10.0.2.0/24', 'eu-west-1b')];
  const RouteTableId = await make.table(vpc);
  for (const SubnetId of subnets) await ec2.send(new AssociateRouteTableCommand({ RouteTableId, SubnetId }));
  await make.route(RouteTableId, { GatewayId: gateway });
  const group = await make.group(vpc);
  const IpRanges = [{ CidrIp: '0.0.0.0/0' }];
  const IpPermissions = [{ IpProtocol: 'tcp', FromPort: 80, ToPort: 80, IpRanges }];
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: group, IpPermissions }));
  const { LoadBalancers } = await elbv2.send(
    new CreateLoadBalancerCommand({ Name: 'web', Subnets: subnets, SecurityGroups: [group] }),
  );
  const { LoadBalancerArn = '', DNSName = '' } = required(LoadBalancers?.[0]);
  clock.advance(5 * MINUTE_MS);
  const FixedResponseConfig = { StatusCode: '200', MessageBody: 'hello' };
  const DefaultActions = [{ Type: 'fixed-response' as const, FixedResponseConfig }];
  await elbv2.send(
    new CreateListenerCommand({ LoadBalancerArn, Protocol: 'HTTP', Port: 80, DefaultActions }),
  );

  const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' } as const;
  await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
  const Statement = {
    Effect: 'Allow',
    Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
    Action: 's3:PutObject',
    Resource: `arn:aws:s3:::${Bucket}/*`,
  };
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
  const Attributes = [
    { Key: 'access_logs.s3.enabled', Value: 'true' },
    { Key: 'access_logs.s3.bucket', Value: Bucket },
  ];
  await elbv2.send(new ModifyLoadBalancerAttributesCommand({ LoadBalancerArn, Attributes }));

  const request = async (path: string): Promise<void> => {
    for (;;) {
      const resolved = await fetch(`${url}/_sandbox/resolve?name=${DNSName}&port=80`);
      const listener = (await resolved.json()) as { port: number } | null;
      if (!listener) continue;
      await (await fetch(`http://127.0.0.1:${listener.port}${path}`)).text();
      return;
    }
  };
  return { ...started, clock, LoadBalancerArn, request };
}

/** Returns the files of access logs in the bucket, with their lines. */
const filesIn = (region: Region): { key: string; lines: string[] }[] =>
  region.s3.objects
    .filter(({ key }) => key.endsWith('.log.gz'))
    .map(({ key, blob }) => ({
      key,
      lines: gunzipSync(region.blobs.get(blob) ?? '')
        .toString()
        .trimEnd()
        .split('\n'),
    }));

test('requests are delivered as one file at the end of their five minutes, and the rest at shutdown', async () => {
  const scene = await loggingScene();
  const { clock, region, request } = scene;
  await request('/one');
  await request('/two');
  // The line of a request follows its response.
  await new Promise((resolve) => setImmediate(resolve));
  expect(filesIn(region)).toEqual([]);
  clock.advance(5 * MINUTE_MS);
  const [file] = filesIn(region);
  expect(file?.key).toMatch(
    /^AWSLogs\/000000000000\/elasticloadbalancing\/eu-west-1\/2026\/01\/01\/000000000000_elasticloadbalancing_eu-west-1_app\.web\.[\da-f]{16}_20260101T12\d\dZ_[\d.]+_[\da-z]{8}\.log\.gz$/,
  );
  expect(file?.lines).toEqual([
    expect.stringMatching(
      /^http 2026-01-01T12:0\d:\d\d\.\d{6}Z app\/web\/.* 200 - .*"GET http:.*\/one HTTP\/1\.1"/,
    ),
    expect.stringMatching(/\/two HTTP\/1\.1/),
  ]);
  await request('/three');
  await scene.close();
  expect(filesIn(region)).toHaveLength(2);
});

test('a bucket that no longer accepts the files gets none, and a deleted load balancer delivers its last ones', async () => {
  const { clock, region, s3, elbv2, LoadBalancerArn, world } = await loggingScene();
  const logs = makeAccessLogs(world);
  const balancer = required(region.elbv2.loadBalancers.get(LoadBalancerArn));
  const sink = logs.sinkFor(region, balancer);
  sink.add('last');
  await elbv2.send(new DeleteLoadBalancerCommand({ LoadBalancerArn }));
  clock.advance(5 * MINUTE_MS);
  expect(filesIn(region).map(({ lines }) => lines)).toEqual([['last']]);
  await s3.send(new DeleteBucketPolicyCommand({ Bucket }));
  sink.add('lost');
  logs.close();
  expect(filesIn(region)).toHaveLength(1);
});

test('many requests are delivered before the five minutes are over, so that they do not fill the memory', async () => {
  const { region, LoadBalancerArn, world } = await loggingScene();
  const logs = makeAccessLogs(world);
  const sink = logs.sinkFor(region, required(region.elbv2.loadBalancers.get(LoadBalancerArn)));
  const line = 'x'.repeat(1024 * 1024);
  for (let count = 0; count < 8; count += 1) sink.add(line);
  expect(filesIn(region).map(({ lines }) => lines.length)).toEqual([8]);
  logs.close();
});
