// AWS's rate-limit buckets: each allows a burst of calls and then a limited number of calls per second.
import { DescribeClustersCommand } from '@aws-sdk/client-ecs';
import { CreateVpcCommand, DescribeSecurityGroupsCommand, DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import {
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { GetHostedZoneCountCommand, ListHostedZonesCommand } from '@aws-sdk/client-route-53';
import { describe, expect, test } from '@jest/globals';
import { services } from '../../../sandbox/services.ts';
import { buckets, throttlingRefusals } from '../../../sandbox/chaos/rate-limits.ts';
import { bucketsFor, makeThrottle, Throttled } from '../../../sandbox/chaos/throttle.ts';
import { resultOf, SECOND, sandboxInWeather } from './scene.ts';

const THROTTLING = { throttle: true };

/** Sends simultaneous calls. Returns the number of accepted calls and the different result codes. */
async function sendBurst(count: number, call: () => Promise<unknown>) {
  const results = await Promise.all(Array.from({ length: count }, () => resultOf(call())));
  return {
    accepted: results.filter((result) => result === 'ok').length,
    codes: [...new Set(results)].sort(),
  };
}

describe('a throttled call over HTTP', () => {
  test('is refused by EC2 with 503 RequestLimitExceeded after a burst; EC2 then accepts twenty calls per second', async () => {
    const { ec2, journal, clock } = await sandboxInWeather(THROTTLING);
    const describeVpcs = () => ec2.send(new DescribeVpcsCommand({}));
    expect(await sendBurst(105, describeVpcs)).toEqual({
      accepted: 100,
      codes: ['RequestLimitExceeded', 'ok'],
    });
    await expect(describeVpcs()).rejects.toMatchObject({
      message: 'Request limit exceeded.',
      $metadata: { httpStatusCode: 503 },
    });
    const refused = journal.entries().filter((entry) => entry.throttled);
    expect(refused).toHaveLength(6);
    expect(refused[0]).toMatchObject({ operation: 'DescribeVpcs', result: 'RequestLimitExceeded' });
    clock.advance(SECOND);
    expect(await sendBurst(25, describeVpcs)).toMatchObject({ accepted: 20 });
  });

  test('is counted per operation in EC2, and an unfiltered DescribeSecurityGroups has a smaller bucket', async () => {
    const { ec2 } = await sandboxInWeather(THROTTLING);
    await sendBurst(100, () => ec2.send(new DescribeVpcsCommand({})));
    expect(await sendBurst(51, () => ec2.send(new DescribeSecurityGroupsCommand({})))).toMatchObject({
      accepted: 50,
    });
    const Filters = [{ Name: 'vpc-id', Values: ['vpc-1'] }];
    expect(await sendBurst(51, () => ec2.send(new DescribeSecurityGroupsCommand({ Filters })))).toMatchObject(
      {
        accepted: 51,
      },
    );
  });

  test('has no effect', async () => {
    const { ec2, region } = await sandboxInWeather(THROTTLING);
    const make = () => ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
    // The quota allows only five VPCs, but all fifty calls cost tokens.
    await sendBurst(50, make);
    for (const { VpcId } of region.ec2.vpcs.all()) region.ec2.vpcs.delete(VpcId);
    expect(await resultOf(make())).toBe('RequestLimitExceeded');
    expect(region.ec2.vpcs.size).toBe(0);
  });

  test('is counted together with all other reads in ELB, and with all other calls in Route 53', async () => {
    const { elbv2, route53 } = await sandboxInWeather(THROTTLING);
    expect(await sendBurst(30, () => elbv2.send(new DescribeLoadBalancersCommand({})))).toMatchObject({
      accepted: 30,
    });
    expect(await sendBurst(20, () => elbv2.send(new DescribeTargetGroupsCommand({})))).toEqual({
      accepted: 10,
      codes: ['Throttling', 'ok'],
    });
    expect(await sendBurst(30, () => route53.send(new ListHostedZonesCommand({})))).toMatchObject({
      accepted: 30,
    });
    expect(await sendBurst(30, () => route53.send(new GetHostedZoneCountCommand({})))).toEqual({
      accepted: 20,
      codes: ['Throttling', 'ok'],
    });
  });

  test('does not occur in calm weather', async () => {
    const { ecs, journal } = await sandboxInWeather();
    expect(await sendBurst(60, () => ecs.send(new DescribeClustersCommand({})))).toEqual({
      accepted: 60,
      codes: ['ok'],
    });
    expect(journal.entries().some((entry) => 'throttled' in entry && entry.throttled)).toBe(false);
  });

  test('is accepted sixty times sooner by a brisk sandbox, which refills its buckets faster', async () => {
    const { ecs, clock } = await sandboxInWeather(THROTTLING, { pace: 60 });
    const describeClusters = () => ecs.send(new DescribeClustersCommand({}));
    expect(await sendBurst(51, describeClusters)).toEqual({
      accepted: 50,
      codes: ['ThrottlingException', 'ok'],
    });
    clock.advance(SECOND / 60);
    expect(await sendBurst(21, describeClusters)).toMatchObject({ accepted: 20 });
  });
});

describe('the rate-limit buckets', () => {
  test.each(buckets.map((bucket, nth) => [nth, bucket.service, String(bucket.operations), bucket] as const))(
    '(bucket %i: %s %s) allow exactly their capacity, and refill at their rate',
    (_, service, __, bucket) => {
      const { capacity, refill } = bucket;
      const operation = operationOf(bucket);
      const input = bucket.cost
        ? { ChangeBatch: { Changes: [{ Action: 'CREATE' }] } }
        : bucket.when
          ? {}
          : { Filters: ['x'] };
      const call = { service, operation, region: 'eu-west-1', input };
      const others = bucketsFor(call).filter((other) => other !== bucket);
      // An additional bucket with a smaller capacity is empty sooner.
      const burstSize = Math.min(capacity, ...others.map((other) => other.capacity));
      const slowestRefill = Math.min(
        refill,
        ...others.filter((other) => other.capacity === burstSize).map((other) => other.refill),
      );
      const throttle = makeThrottle();
      for (let nth = 0; nth < burstSize; nth += 1) throttle.take(call, 0);
      expect(() => throttle.take(call, 0)).toThrow(Throttled);
      expect(() => throttle.take(call, 0.9 / slowestRefill)).toThrow(Throttled);
      throttle.take(call, 1 / slowestRefill);
    },
  );

  /** Returns an operation to which the bucket applies. */
  function operationOf({ service, operations, additional }: (typeof buckets)[number]): string {
    if (typeof operations !== 'string') return operations[0] ?? '';
    const supported = Object.values(services).find(({ name }) => name === service)?.operations ?? {};
    const found = Object.keys(supported).find((operation) =>
      bucketsFor({ service, operation, input: { Filters: ['x'] } }).some(
        (bucket) => bucket.operations === operations && bucket.additional === additional,
      ),
    );
    return found ?? '';
  }

  test('name only operations that the sandbox supports, and every service has its own refusal', () => {
    for (const { service, operations } of buckets) {
      const supported = Object.values(services).find(({ name }) => name === service)?.operations ?? {};
      const listed = typeof operations === 'string' ? [] : operations;
      expect(listed.filter((operation) => !(operation in supported))).toEqual([]);
      expect(throttlingRefusals[service]).toBeDefined();
    }
  });

  test('of ELB refill slowly for creates; each create also takes a token from the bucket of the account', () => {
    const throttle = makeThrottle();
    const take = (operation: string, seconds = 0) =>
      throttle.take({ service: 'elbv2', operation, region: 'eu-west-1', input: {} }, seconds);
    for (let nth = 0; nth < 5; nth += 1) take('CreateLoadBalancer');
    for (let nth = 0; nth < 5; nth += 1) take('SetSubnets');
    expect(() => take('CreateLoadBalancer', 4.9)).toThrow('Rate exceeded');
    take('CreateLoadBalancer', 5);
    // Five seconds have refilled all 40 tokens of the account's bucket.
    for (let nth = 0; nth < 39; nth += 1) take('DescribeRules', 5);
    expect(() => take('DescribeRules', 5)).toThrow(Throttled);
    expect(() => take('RegisterTargets', 5)).toThrow(Throttled);
  });

  test('of Route 53 count an UPSERT as two changes', () => {
    const throttle = makeThrottle();
    const change = (Action: string, count: number) => {
      const input = { ChangeBatch: { Changes: Array.from({ length: count }, () => ({ Action })) } };
      throttle.take({ service: 'route53', operation: 'ChangeResourceRecordSets', region: 'x', input }, 0);
    };
    change('UPSERT', 500);
    change('CREATE', 400);
    expect(() => change('UPSERT', 51)).toThrow(Throttled);
    // A refused call takes no tokens.
    change('CREATE', 100);
    expect(() => change('CREATE', 1)).toThrow(Throttled);
  });

  test('are per region, except those of IAM and Route 53, which are per account', () => {
    const throttle = makeThrottle();
    const take = (service: string, operation: string, region: string) =>
      throttle.take({ service, operation, region, input: {} }, 0);
    for (let nth = 0; nth < 10; nth += 1) take('ec2', 'CreateNatGateway', 'eu-west-1');
    expect(() => take('ec2', 'CreateNatGateway', 'eu-west-1')).toThrow(Throttled);
    take('ec2', 'CreateNatGateway', 'us-east-1');
    for (let nth = 0; nth < 20; nth += 1) take('iam', 'CreateRole', 'eu-west-1');
    expect(() => take('iam', 'CreateRole', 'us-east-1')).toThrow(Throttled);
  });
});
