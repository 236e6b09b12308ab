// Recently created resources are recognised by every name that a later call may use for them.
import { expect, test } from '@jest/globals';
import { trackRecentlyCreated } from '../../../../lib/aws/recently-created.ts';
import { testClock } from '../../clock.ts';

test.each([
  ['its id', { Vpc: { VpcId: 'vpc-0a1b2c3d4e5f60718' } }, { VpcId: 'vpc-0a1b2c3d4e5f60718' }],
  [
    'its ARN',
    { Role: { Arn: 'arn:aws:iam::1:role/slipway/x/x-task' } },
    { taskRoleArn: 'arn:aws:iam::1:role/slipway/x/x-task' },
  ],
  ['the name in its ARN', { Role: { Arn: 'arn:aws:iam::1:role/slipway/x/x-task' } }, { RoleName: 'x-task' }],
  [
    'its zone id without the prefix `/hostedzone/`',
    { HostedZone: { Id: '/hostedzone/Z0123' } },
    { HostedZoneId: 'Z0123' },
  ],
  [
    'its id among others, deep inside the input',
    { Subnet: { SubnetId: 'subnet-0a1b2c3d' } },
    { network: { subnets: ['subnet-00000000', 'subnet-0a1b2c3d'] } },
  ],
])('a recently created resource is recognised by %s', (_what, output, input) => {
  const recentlyCreated = trackRecentlyCreated(testClock());
  expect(recentlyCreated.isNamedIn(input)).toBe(false);
  recentlyCreated.recordCreated(output);
  expect(recentlyCreated.isNamedIn(input)).toBe(true);
  expect(recentlyCreated.isNamedIn({ VpcId: 'vpc-ffffffffffffffff' })).toBe(false);
});

test('a value that many resources share identifies no resource', () => {
  const recentlyCreated = trackRecentlyCreated(testClock());
  recentlyCreated.recordCreated({
    LoadBalancer: { Scheme: 'internet-facing', State: { Code: 'provisioning' }, VpcId: 'vpc-0a1b2c3d' },
  });
  expect(recentlyCreated.isNamedIn({ Scheme: 'internet-facing', State: 'provisioning' })).toBe(false);
});

test('a resource counts as recently created for five minutes', async () => {
  const clock = testClock();
  const recentlyCreated = trackRecentlyCreated(clock);
  recentlyCreated.recordCreated({ VpcId: 'vpc-0a1b2c3d' });
  await clock.sleep(300_000);
  expect(recentlyCreated.isNamedIn({ VpcId: 'vpc-0a1b2c3d' })).toBe(false);
});

test('resources of an earlier run also count as recently created for five minutes after that run', async () => {
  const clock = testClock();
  const recentlyCreated = trackRecentlyCreated(clock);
  recentlyCreated.treatAllAsCreatedAt(clock.now() - 200_000);
  expect(recentlyCreated.isNamedIn({ VpcId: 'vpc-0a1b2c3d' })).toBe(true);
  await clock.sleep(100_000);
  expect(recentlyCreated.isNamedIn({ VpcId: 'vpc-0a1b2c3d' })).toBe(false);
});
