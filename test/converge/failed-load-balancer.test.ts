// AWS accepts a load balancer but fails to set it up: the run soon ends with the reason, and the next run replaces the load balancer.
import { expect, test } from '@jest/globals';
import type { StackInput } from '../../lib/config/schema.ts';
import { simulatedDataPlane } from '../../sandbox/data-plane/data-plane.ts';
import { leapingClock } from '../sweep/leaping-clock.ts';
import { account, planInWords, type Account } from './harness.ts';
import { container, stack } from './stacks.ts';

const why = 'The subnets have no free addresses left';
const expectedProblem = {
  code: 'FAILED_STATE',
  what: 'AWS could not set up the load balancer shop-dev.',
  why,
  now: expect.stringContaining('kept and recorded'),
  fix: expect.arrayContaining([expect.stringContaining('npm run provision')]),
};

/** Makes the next load balancer fail after AWS has accepted its creation. */
const failLoadBalancer = ({ sandbox }: Account) =>
  sandbox.faults.add({
    kind: 'fails-later',
    operation: 'CreateLoadBalancer',
    nth: 1,
    code: '',
    message: why,
  });

test('a waiting run ends as soon as AWS reports the failure, long before the deadline for the service', async () => {
  const clock = leapingClock();
  const user = await account({ clock, plane: { ...simulatedDataPlane, checksTargets: true } });
  failLoadBalancer(user);
  await expect(user.provision(stack(), { wait: true })).rejects.toMatchObject(expectedProblem);
  expect(user.ids()).toHaveProperty(['services.web']);
});

test('many services that wait for one load balancer share the requests that describe it', async () => {
  const services: StackInput['services'] = {};
  for (let nth = 1; nth <= 12; nth += 1)
    services[`s${nth}`] = { containers: { api: container(`api${nth}`, 5000) } };
  const user = await account({
    clock: leapingClock(),
    plane: { ...simulatedDataPlane, checksTargets: true },
  });
  failLoadBalancer(user);
  await expect(user.provision(stack({ services }), { wait: true })).rejects.toThrow(why);
  const lookups = user.sandbox.journal
    .entries()
    .filter(({ operation }) => operation === 'DescribeLoadBalancers');
  // The survey sends one request. All waits together send fewer than one per service.
  expect(lookups.length).toBeGreaterThan(1);
  expect(lookups.length).toBeLessThan(10);
});

test('a run with --no-wait reports the failure, and the next run replaces the load balancer, its listener and its rules', async () => {
  const user = await account();
  failLoadBalancer(user);
  await expect(user.provision(stack())).rejects.toMatchObject(expectedProblem);
  const failedIds = user.ids()['loadBalancer'];
  expect(planInWords(await user.plan(stack()))).toEqual([
    'replace loadBalancer: state',
    'create listener',
    'create rules.web-api1',
    'create rules.web-api2',
    'update record: alias to, alias zone',
  ]);
  await user.provision(stack());
  expect(user.ids()['loadBalancer']).not.toEqual(failedIds);
  expect(await user.plan(stack())).toEqual([]);
  expect(user.census()).toMatchObject({ 'elbv2.loadBalancers': 1, 'elbv2.listeners': 1 });
});

test('a teardown removes a failed load balancer', async () => {
  const user = await account();
  failLoadBalancer(user);
  await expect(user.provision(stack())).rejects.toMatchObject(expectedProblem);
  await user.teardown(stack());
  expect(user.census()).toEqual({});
});
