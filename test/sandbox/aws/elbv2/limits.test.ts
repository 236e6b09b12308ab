// The quotas of the sandbox's load balancers, through the SDK's client.
import {
  DescribeAccountLimitsCommand,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from '@jest/globals';
import { refusalOf } from '../../harness.ts';
import { forwardTo, notFound, path, scene, required } from './scene.ts';

test('the account limits list the quotas that the sandbox enforces', async () => {
  const { elbv2 } = await scene();
  const { Limits } = await elbv2.send(new DescribeAccountLimitsCommand({}));
  expect(Limits).toContainEqual({ Name: 'application-load-balancers', Max: '50' });
  expect(Limits).toContainEqual({ Name: 'rules-per-application-load-balancer', Max: '100' });
});

test('a region can have at most fifty load balancers', async () => {
  const { makeBalancer, createBalancer } = await scene();
  for (let i = 0; i < 50; i++) await makeBalancer(`web${i}`);
  expect(await refusalOf(createBalancer({ Name: 'more' }))).toMatchObject({ code: 'TooManyLoadBalancers' });
});

test('a load balancer can have at most fifty listeners', async () => {
  const { makeBalancer, createListener, makeListener } = await scene();
  const arn = await makeBalancer();
  for (let port = 1; port <= 50; port++) await makeListener(arn, notFound, port);
  expect(await refusalOf(createListener(arn, notFound, 51))).toMatchObject({ code: 'TooManyListeners' });
});

test('a target group can have at most a thousand targets', async () => {
  const { elbv2, makeTargetGroup } = await scene();
  const TargetGroupArn = await makeTargetGroup();
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
  const { createTargetGroup, makeTargetGroup, region } = await scene();
  const { targetGroups } = region.elbv2;
  const group = required(targetGroups.get(await makeTargetGroup()));
  for (let i = 1; i < 3000; i++) targetGroups.set(`arn:${i}`, { ...group, TargetGroupName: `g${i}` });
  expect(await refusalOf(createTargetGroup({ Name: 'more' }))).toMatchObject({ code: 'TooManyTargetGroups' });
});

test('a load balancer can use at most a hundred target groups', async () => {
  const { makeBalancer, createRule, makeTargetGroup, makeListener } = await scene();
  const LoadBalancerArn = await makeBalancer();
  const ListenerArn = await makeListener(LoadBalancerArn, forwardTo(await makeTargetGroup('g0')));
  for (let i = 1; i < 100; i++) await createRule(ListenerArn, i, forwardTo(await makeTargetGroup(`g${i}`)));
  const other = await makeListener(LoadBalancerArn, notFound, 81);
  await createRule(other, 1, forwardTo(await makeTargetGroup('g99')), path('/again'));
  expect(await refusalOf(createRule(other, 2, forwardTo(await makeTargetGroup('g100'))))).toMatchObject({
    code: 'TooManyUniqueTargetGroupsPerLoadBalancer',
  });
});

test('the size of a page is between one and four hundred, and an unknown marker is refused', async () => {
  const { elbv2 } = await scene();
  const describe = (input: object) => elbv2.send(new DescribeAccountLimitsCommand(input));
  const { Limits, NextMarker } = await describe({ PageSize: 1 });
  expect(Limits).toHaveLength(1);
  expect((await describe({ PageSize: 400, Marker: NextMarker })).Limits).not.toContainEqual(Limits?.[0]);
  for (const input of [{ PageSize: 0 }, { PageSize: 401 }, { Marker: 'x' }]) {
    expect(await refusalOf(describe(input))).toMatchObject({ code: 'ValidationError' });
  }
});
