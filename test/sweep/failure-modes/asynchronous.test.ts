// Failure modes 20 to 26: requests that AWS accepts immediately, but completes or fails later.
import { expect, test } from '@jest/globals';
import { stack } from '../../converge/stacks.ts';
import {
  expectConverged,
  jobsStack,
  provisionKilledAt,
  failablePlane,
  refusal,
  callOrder,
  resultsOf,
  withFailures,
  openAccount,
} from './scene.ts';

test('20: a NAT gateway that fails after its creation is reported with its reason, and replaced by the next run', async () => {
  const user = await openAccount();
  const failsLater = {
    kind: 'fails-later',
    code: 'Gateway.NotAttached',
    message: 'it is not attached',
  } as const;
  await withFailures(user, { CreateNatGateway: failsLater }, () =>
    expect(user.provision(stack())).rejects.toMatchObject({
      code: 'FAILED_STATE',
      why: 'Gateway.NotAttached: it is not attached',
    }),
  );
  const failedIds = user.ids()['natGateway'];
  expect(failedIds).toBeDefined();
  await user.provision(stack());
  expect(user.ids()['natGateway']).not.toEqual(failedIds);
  expect(resultsOf(user, 'DeleteNatGateway')).toEqual(['ok']);
  await expectConverged(user);
});

test('21: the load balancer is created after the internet gateway, and retried while AWS does not see the gateway yet', async () => {
  const user = await openAccount();
  const notVisible = refusal('InvalidSubnet', 'VPC vpc-1 has no internet gateway');
  await withFailures(user, { CreateLoadBalancer: { ...notVisible, times: 3 } }, () =>
    user.provision(stack()),
  );
  expect(resultsOf(user, 'CreateLoadBalancer')).toEqual([...Array<string>(3).fill('InvalidSubnet'), 'ok']);
  const order = ['AttachInternetGateway', 'CreateLoadBalancer'];
  expect(callOrder(user, ...order)).toEqual(order);
  await expectConverged(user);
});

test('23: a service is created after the rules of its target groups, and retried while ECS does not see the rules yet', async () => {
  const user = await openAccount();
  const notVisible = refusal(
    'InvalidParameterException',
    'The target group with targetGroupArn arn does not have an associated load balancer.',
  );
  await withFailures(user, { CreateService: { ...notVisible, times: 3 } }, () => user.provision(stack()));
  expect(resultsOf(user, 'CreateService')).toHaveLength(4);
  const order = ['CreateListener', 'CreateRule', 'CreateService'];
  expect(callOrder(user, ...order)).toEqual(order);
  await expectConverged(user);
});

test('25: a deployment that ECS rolled back is reported as a failure, even though the service is stable', async () => {
  const plane = failablePlane();
  const user = await openAccount({}, { plane });
  await user.provision(jobsStack(1), { wait: true });
  plane.failure = { stopCode: 'TaskFailedToStart', reason: 'ResourceInitializationError: i/o timeout' };
  await expect(user.provision(jobsStack(2), { wait: true })).rejects.toMatchObject({
    code: 'DEPLOYMENT',
    why: expect.stringContaining('ResourceInitializationError: i/o timeout'),
  });
  plane.failure = undefined;
  await user.provision(jobsStack(2), { wait: true });
  await expectConverged(user, jobsStack(2));
});

test('26: the next run continues a run that was killed while it waited', async () => {
  const user = await openAccount();
  await provisionKilledAt(user, 'CreateLoadBalancer');
  // The survey sends the first call, and the wait sends the second.
  await provisionKilledAt(user, 'DescribeNatGateways', { nth: 2 });
  await user.provision(stack());
  expect(resultsOf(user, 'CreateLoadBalancer')).toEqual(['ok']);
  expect(resultsOf(user, 'CreateNatGateway')).toEqual(['ok']);
  await expectConverged(user);
});
