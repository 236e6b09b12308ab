// The quotas of the sandbox's load balancers, through the SDK's client.
import {
  DescribeAccountLimitsCommand,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from '@jest/globals';
import { refusalOf } from '../../harness.ts';
import { forwardTo, notFound, path, scene, sure } from './scene.ts';

test('the account limits list the quotas that the sandbox enforces', async () => {
  const { elbv2 } = await scene();
  const { Limits } = await elbv2.send(new DescribeAccountLimitsCommand({}));
  expect(Limits).toContainEqual({ Name: 'application-load-balancers', Max: '50' });
  expect(Limits).toContainEqual({ Name: 'rules-per-application-load-balancer', Max: '100' });
});

test('a region can have at most fifty load balancers', async () => {
  const { balancer, createBalancer } = await scene();
  for (let i = 0; i < 50; i++) await balancer(`web${i}`);
  expect(await refusalOf(createBalancer({ Name: 'more' }))).toMatchObject({ code: 'TooManyLoadBalancers' });
});

test('a load balancer can have at most fifty listeners', async () => {
  const { balancer, createListener, listener } = await scene();
  const arn = await balancer();
  for (let port = 1; port <= 50; port++) await listener(arn, notFound, port);
  expect(await refusalOf(createListener(arn, notFound, 51))).toMatchObject({ code: 'TooManyListeners' });
});

test('a target group can have at most a thousand targets', async () => {
  const { elbv2, group } = await scene();
  const TargetGroupArn = await group();
  const register = (ports: number[]) =>
    elbv2.send(
      new RegisterTargetsCommand({
        TargetGroupArn,
        Targets: ports.map((Port) => ({ Id: '10.0.1.9', Port })),
      }),
    );
  await register(Array.from({ length: 1000 }, (_, i) => i + 1));
  expect(await refusalOf(register([1, 1001]))).toMatchObject({ code: 'TooManyTargets' });
});

test('a region can have at most three thousand target groups', async () => {
  const { createGroup, group, region } = await scene();
  const { targetGroups } = region.elbv2;
  const made = sure(targetGroups.get(await group()));
  for (let i = 1; i < 3000; i++) targetGroups.set(`arn:${i}`, { ...made, TargetGroupName: `g${i}` });
  expect(await refusalOf(createGroup({ Name: 'more' }))).toMatchObject({ code: 'TooManyTargetGroups' });
});

test('a load balancer can use at most a hundred target groups', async () => {
  const { balancer, createRule, group, listener } = await scene();
  const LoadBalancerArn = await balancer();
  const ListenerArn = await listener(LoadBalancerArn, forwardTo(await group('g0')));
  for (let i = 1; i < 100; i++) await createRule(ListenerArn, i, forwardTo(await group(`g${i}`)));
  const other = await listener(LoadBalancerArn, notFound, 81);
  await createRule(other, 1, forwardTo(await group('g99')), path('/again'));
  expect(await refusalOf(createRule(other, 2, forwardTo(await group('g100'))))).toMatchObject({
    code: 'TooManyUniqueTargetGroupsPerLoadBalancer',
  });
});

test('a page has between one and four hundred rows, and an unknown marker is refused', async () => {
  const { elbv2 } = await scene();
  const describe = (input: object) => elbv2.send(new DescribeAccountLimitsCommand(input));
  const { Limits, NextMarker } = await describe({ PageSize: 1 });
  expect(Limits).toHaveLength(1);
  expect((await describe({ PageSize: 400, Marker: NextMarker })).Limits).not.toContainEqual(Limits?.[0]);
  for (const input of [{ PageSize: 0 }, { PageSize: 401 }, { Marker: 'x' }]) {
    expect(await refusalOf(describe(input))).toMatchObject({ code: 'ValidationError' });
  }
});
