// Failure modes 20 to 26: what AWS accepts and does later, or does not.
import { expect, test } from '@jest/globals';
import { stack } from '../../converge/stacks.ts';
import { expectWhole, jobs, killedAt, makePlane, no, orderOf, results, struck, user } from './scene.ts';

test('20: a NAT gateway that fails later is told with its reason at once, and replaced by the next run', async () => {
  const one = await user();
  const later = { kind: 'fails-later', code: 'Gateway.NotAttached', message: 'it is not attached' } as const;
  await struck(one, { CreateNatGateway: later }, () =>
    expect(one.up(stack())).rejects.toMatchObject({
      code: 'FAILED_STATE',
      why: 'Gateway.NotAttached: it is not attached',
    }),
  );
  const failed = one.ids()['natGateway'];
  expect(failed).toBeDefined();
  await one.up(stack());
  expect(one.ids()['natGateway']).not.toEqual(failed);
  expect(results(one, 'DeleteNatGateway')).toEqual(['ok']);
  await expectWhole(one);
});

test('21: the load balancer comes after the internet gateway, also where that is not seen yet', async () => {
  const one = await user();
  const unseen = no('InvalidSubnet', 'VPC vpc-1 has no internet gateway');
  await struck(one, { CreateLoadBalancer: { ...unseen, times: 3 } }, () => one.up(stack()));
  expect(results(one, 'CreateLoadBalancer')).toEqual([...Array<string>(3).fill('InvalidSubnet'), 'ok']);
  const order = ['AttachInternetGateway', 'CreateLoadBalancer'];
  expect(orderOf(one, ...order)).toEqual(order);
  await expectWhole(one);
});

test('23: a service comes after the rules of its target groups, also where those are not seen yet', async () => {
  const one = await user();
  const unseen = no(
    'InvalidParameterException',
    'The target group with targetGroupArn arn does not have an associated load balancer.',
  );
  await struck(one, { CreateService: { ...unseen, times: 3 } }, () => one.up(stack()));
  expect(results(one, 'CreateService')).toHaveLength(4);
  const order = ['CreateListener', 'CreateRule', 'CreateService'];
  expect(orderOf(one, ...order)).toEqual(order);
  await expectWhole(one);
});

test('25: a deployment that ECS rolled back is a failure, though the service is stable', async () => {
  const plane = makePlane();
  const one = await user({}, { plane });
  await one.up(jobs(1), { wait: true });
  plane.failure = { stopCode: 'TaskFailedToStart', reason: 'ResourceInitializationError: i/o timeout' };
  await expect(one.up(jobs(2), { wait: true })).rejects.toMatchObject({
    code: 'DEPLOYMENT',
    why: expect.stringContaining('ResourceInitializationError: i/o timeout'),
  });
  plane.failure = undefined;
  await one.up(jobs(2), { wait: true });
  await expectWhole(one, jobs(2));
});

test('26: a run that was killed while it waited is continued by the next', async () => {
  const one = await user();
  await killedAt(one, 'CreateLoadBalancer');
  // The first is the look at what there is, the second waits.
  await killedAt(one, 'DescribeNatGateways', { nth: 2 });
  await one.up(stack());
  expect(results(one, 'CreateLoadBalancer')).toEqual(['ok']);
  expect(results(one, 'CreateNatGateway')).toEqual(['ok']);
  await expectWhole(one);
});
