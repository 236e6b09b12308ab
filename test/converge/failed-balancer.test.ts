// A load balancer that AWS accepts and does not set up: the run ends soon and says why, and the next one makes another.
import { expect, test } from '@jest/globals';
import type { StackInput } from '../../lib/config/schema.ts';
import { simulatedDataPlane } from '../../sandbox/data-plane/data-plane.ts';
import { leapingClock } from '../sweep/clock.ts';
import { account, planInWords, type Account } from './harness.ts';
import { container, stack } from './stacks.ts';

const why = 'The subnets have no free addresses left';
const told = {
  code: 'FAILED_STATE',
  what: 'AWS could not set up the load balancer shop-dev.',
  why,
  now: expect.stringContaining('kept and recorded'),
  fix: expect.arrayContaining([expect.stringContaining('npm run provision')]),
};

const fails = ({ sandbox }: Account) =>
  sandbox.faults.add({
    kind: 'fails-later',
    operation: 'CreateLoadBalancer',
    nth: 1,
    code: '',
    message: why,
  });

test('a run that waits ends when AWS says so, not when time is up for the service', async () => {
  const clock = leapingClock();
  const user = await account({ clock, plane: { ...simulatedDataPlane, checksTargets: true } });
  fails(user);
  await expect(user.up(stack(), { wait: true })).rejects.toMatchObject(told);
  expect(user.ids()).toHaveProperty(['services.web']);
});

test('many services that wait behind it look at it together', async () => {
  const services: StackInput['services'] = {};
  for (let nth = 1; nth <= 12; nth += 1)
    services[`s${nth}`] = { containers: { api: container(`api${nth}`, 5000) } };
  const user = await account({
    clock: leapingClock(),
    plane: { ...simulatedDataPlane, checksTargets: true },
  });
  fails(user);
  await expect(user.up(stack({ services }), { wait: true })).rejects.toThrow(why);
  const looks = user.sandbox.journal
    .entries()
    .filter(({ operation }) => operation === 'DescribeLoadBalancers');
  // One of the survey, and fewer than there are services.
  expect(looks.length).toBeGreaterThan(1);
  expect(looks.length).toBeLessThan(10);
});

test('a run that does not wait says so, if AWS does; the next replaces it with all that hung on it', async () => {
  const user = await account();
  fails(user);
  await expect(user.up(stack())).rejects.toMatchObject(told);
  const failed = user.ids()['loadBalancer'];
  expect(planInWords(await user.plan(stack()))).toEqual([
    'replace loadBalancer: state',
    'create listener',
    'create rules.web-api1',
    'create rules.web-api2',
    'update record: alias to, alias zone',
  ]);
  await user.up(stack(), { wait: true });
  expect(user.ids()['loadBalancer']).not.toEqual(failed);
  expect(await user.plan(stack())).toEqual([]);
  expect(user.census()).toMatchObject({ 'elbv2.loadBalancers': 1, 'elbv2.listeners': 1 });
});

test('one that failed can be taken down', async () => {
  const user = await account();
  fails(user);
  await expect(user.up(stack())).rejects.toMatchObject(told);
  await user.down(stack());
  expect(user.census()).toEqual({});
});
