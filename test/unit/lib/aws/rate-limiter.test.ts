// Calls are delayed so that a run stays within the rate limits that AWS publishes.
import { describe, expect, test } from '@jest/globals';
import { makeLimiter, unlimited } from '../../../../lib/aws/rate-limiter.ts';
import { buckets, bucketsOf } from '../../../../lib/aws/rate-limits.ts';
import { testClock } from '../../clock.ts';

const signal = new AbortController().signal;

/** Returns the times at which several calls may be sent, in seconds after the start. */
async function sendTimes(
  service: string,
  operation: string,
  callCount: number,
  speed = 1,
): Promise<number[]> {
  const clock = testClock();
  const start = clock.now();
  const limiter = makeLimiter({ clock, signal }, speed);
  const times: number[] = [];
  for (let call = 0; call < callCount; call += 1) {
    await limiter(service, operation);
    times.push((clock.now() - start) / 1000);
  }
  return times;
}

describe('a bucket', () => {
  test('lets a burst through immediately', async () => {
    expect(await sendTimes('elbv2', 'CreateRule', 18)).toEqual(Array<number>(18).fill(0));
  });

  test('lets further calls through at the rate at which it refills', async () => {
    const times = await sendTimes('elbv2', 'CreateLoadBalancer', 11);
    // We use nine of ten tokens, then 0.18 per second.
    expect(times.slice(0, 9)).toEqual(Array<number>(9).fill(0));
    expect(times[9]).toBeCloseTo(1 / 0.18);
    expect(times[10]).toBeCloseTo(2 / 0.18);
  });

  test('refills faster if the endpoint is faster', async () => {
    const [, slow = 0] = (await sendTimes('elbv2', 'CreateLoadBalancer', 11)).slice(-2);
    const [, fast = 0] = (await sendTimes('elbv2', 'CreateLoadBalancer', 11, 60)).slice(-2);
    expect(slow / fast).toBeCloseTo(60);
  });

  test('is separate for each EC2 operation, but shared by all ELB operations that change resources', async () => {
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

  test('of the whole ELB service limits every ELB call, in addition to the bucket of the operation', () => {
    expect(bucketsOf('elbv2', 'CreateRule').map(([name]) => name)).toEqual(['elbv2 ', 'elbv2 .']);
    expect(bucketsOf('ec2', 'CreateNatGateway')).toHaveLength(1);
    expect(bucketsOf('sts', 'GetCallerIdentity')).toEqual([]);
  });
});

test('every bucket has a capacity and refills', () => {
  for (const { burst, perSecond } of buckets) {
    expect(burst).toBeGreaterThan(0);
    expect(perSecond).toBeGreaterThan(0);
  }
});

test('a call does not wait once the run is aborted', async () => {
  const controller = new AbortController();
  const limiter = makeLimiter({
    clock: { now: () => 0, sleep: async (_, sleepSignal) => sleepSignal?.throwIfAborted() },
    signal: controller.signal,
  });
  for (let call = 0; call < 9; call += 1) await limiter('elbv2', 'CreateLoadBalancer');
  controller.abort();
  await expect(limiter('elbv2', 'CreateLoadBalancer')).rejects.toThrow();
});

test('calls to an endpoint without limits are not delayed', async () => {
  await expect(unlimited('elbv2', 'CreateLoadBalancer')).resolves.toBeUndefined();
});
