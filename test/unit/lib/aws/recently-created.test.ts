// What was made moments ago is known by every name that a later call may give it.
import { expect, test } from '@jest/globals';
import { trackRecentlyCreated } from '../../../../lib/aws/recently-created.ts';
import { testClock } from '../../clock.ts';

test.each([
  ['an id', { Vpc: { VpcId: 'vpc-0a1b2c3d4e5f60718' } }, { VpcId: 'vpc-0a1b2c3d4e5f60718' }],
  [
    'an ARN',
    { Role: { Arn: 'arn:aws:iam::1:role/slipway/x/x-task' } },
    { taskRoleArn: 'arn:aws:iam::1:role/slipway/x/x-task' },
  ],
  ['the name in an ARN', { Role: { Arn: 'arn:aws:iam::1:role/slipway/x/x-task' } }, { RoleName: 'x-task' }],
  ['a zone without its path', { HostedZone: { Id: '/hostedzone/Z0123' } }, { HostedZoneId: 'Z0123' }],
  [
    'one of many, deep inside',
    { Subnet: { SubnetId: 'subnet-0a1b2c3d' } },
    { network: { subnets: ['subnet-00000000', 'subnet-0a1b2c3d'] } },
  ],
])('%s', (_what, output, input) => {
  const fresh = trackRecentlyCreated(testClock());
  expect(fresh.isNamedIn(input)).toBe(false);
  fresh.recordCreated(output);
  expect(fresh.isNamedIn(input)).toBe(true);
  expect(fresh.isNamedIn({ VpcId: 'vpc-ffffffffffffffff' })).toBe(false);
});

test('what many things have in common names none of them', () => {
  const fresh = trackRecentlyCreated(testClock());
  fresh.recordCreated({
    LoadBalancer: { Scheme: 'internet-facing', State: { Code: 'provisioning' }, VpcId: 'vpc-0a1b2c3d' },
  });
  expect(fresh.isNamedIn({ Scheme: 'internet-facing', State: 'provisioning' })).toBe(false);
});

test('after five minutes everyone knows it', async () => {
  const clock = testClock();
  const fresh = trackRecentlyCreated(clock);
  fresh.recordCreated({ VpcId: 'vpc-0a1b2c3d' });
  await clock.sleep(300_000);
  expect(fresh.isNamedIn({ VpcId: 'vpc-0a1b2c3d' })).toBe(false);
});

test('what a run before this one made counts, too, for as long', async () => {
  const clock = testClock();
  const fresh = trackRecentlyCreated(clock);
  fresh.assumeAllCreatedUntil(clock.now() - 200_000);
  expect(fresh.isNamedIn({ VpcId: 'vpc-0a1b2c3d' })).toBe(true);
  await clock.sleep(100_000);
  expect(fresh.isNamedIn({ VpcId: 'vpc-0a1b2c3d' })).toBe(false);
});
