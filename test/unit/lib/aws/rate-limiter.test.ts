// A run keeps within the rate limits by itself: each bucket as AWS publishes it, and no call refused.
import { describe, expect, test } from '@jest/globals';
import { makeLimiter, unlimited } from '../../../../lib/aws/rate-limiter.ts';
import { buckets, bucketsOf } from '../../../../lib/aws/rate-limits.ts';
import { testClock } from '../../clock.ts';

const signal = new AbortController().signal;

/** When each of so many calls may go, in seconds from the first. */
async function departures(service: string, operation: string, calls: number, speed = 1): Promise<number[]> {
  const clock = testClock();
  const start = clock.now();
  const limiter = makeLimiter({ clock, signal }, speed);
  const left: number[] = [];
  for (let call = 0; call < calls; call += 1) {
    await limiter(service, operation);
    left.push((clock.now() - start) / 1000);
  }
  return left;
}

describe('a bucket', () => {
  test('lets a burst through at once', async () => {
    expect(await departures('elbv2', 'CreateRule', 18)).toEqual(Array<number>(18).fill(0));
  });

  test('then as many a second as it fills again', async () => {
    const left = await departures('elbv2', 'CreateLoadBalancer', 11);
    // Nine of ten are ours, then 0.18 a second.
    expect(left.slice(0, 9)).toEqual(Array<number>(9).fill(0));
    expect(left[9]).toBeCloseTo(1 / 0.18);
    expect(left[10]).toBeCloseTo(2 / 0.18);
  });

  test('fills faster where AWS goes faster', async () => {
    const [, slow = 0] = (await departures('elbv2', 'CreateLoadBalancer', 11)).slice(-2);
    const [, fast = 0] = (await departures('elbv2', 'CreateLoadBalancer', 11, 60)).slice(-2);
    expect(slow / fast).toBeCloseTo(60);
  });

  test('is one for all operations of its kind, or one for each, as AWS has it', async () => {
    const clock = testClock();
    const start = clock.now();
    const limiter = makeLimiter({ clock, signal });
    for (let call = 0; call < 45; call += 1) {
      await limiter('ec2', 'CreateSubnet');
      await limiter('ec2', 'CreateSecurityGroup');
    }
    expect(clock.now()).toBe(start);
    for (let call = 0; call < 10; call += 1) {
      await limiter('elbv2', 'CreateRule');
      await limiter('elbv2', 'CreateTargetGroup');
    }
    expect(clock.now()).toBeGreaterThan(start);
  });

  test('of the whole account is drawn from by every call, besides its own', () => {
    expect(bucketsOf('elbv2', 'CreateRule').map(([name]) => name)).toEqual(['elbv2 ', 'elbv2 .']);
    expect(bucketsOf('ec2', 'CreateNatGateway')).toHaveLength(1);
    expect(bucketsOf('sts', 'GetCallerIdentity')).toEqual([]);
  });
});

test('every row can be drawn from', () => {
  for (const { burst, perSecond } of buckets) {
    expect(burst).toBeGreaterThan(0);
    expect(perSecond).toBeGreaterThan(0);
  }
});

test('who is told to stop does not wait for a turn', async () => {
  const stopping = new AbortController();
  const limiter = makeLimiter({
    clock: { now: () => 0, sleep: async (_, by) => by?.throwIfAborted() },
    signal: stopping.signal,
  });
  for (let call = 0; call < 9; call += 1) await limiter('elbv2', 'CreateLoadBalancer');
  stopping.abort();
  await expect(limiter('elbv2', 'CreateLoadBalancer')).rejects.toThrow();
});

test('an endpoint without limits is not waited for', async () => {
  await expect(unlimited('elbv2', 'CreateLoadBalancer')).resolves.toBeUndefined();
});
