// The malformed ARNs that the sandbox's Elastic Load Balancing refuses, through the SDK's client.
import {
  AddTagsCommand,
  DeleteListenerCommand,
  DeleteLoadBalancerCommand,
  DeleteRuleCommand,
  DeleteTargetGroupCommand,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  SetRulePrioritiesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from '@jest/globals';
import { refusalOf } from '../../harness.ts';
import { forwardTo, notFound, scene } from './scene.ts';

type Client = Awaited<ReturnType<typeof scene>>['elbv2'];

const calls: [name: string, kind: string, send: (elbv2: Client, arn: string) => Promise<unknown>][] = [
  [
    'DescribeLoadBalancers',
    'load balancer',
    (elbv2, arn) => elbv2.send(new DescribeLoadBalancersCommand({ LoadBalancerArns: [arn] })),
  ],
  [
    'DeleteLoadBalancer',
    'load balancer',
    (elbv2, arn) => elbv2.send(new DeleteLoadBalancerCommand({ LoadBalancerArn: arn })),
  ],
  [
    'DescribeTargetGroups',
    'target group',
    (elbv2, arn) => elbv2.send(new DescribeTargetGroupsCommand({ TargetGroupArns: [arn] })),
  ],
  [
    'DescribeTargetHealth',
    'target group',
    (elbv2, arn) => elbv2.send(new DescribeTargetHealthCommand({ TargetGroupArn: arn })),
  ],
  [
    'DeleteTargetGroup',
    'target group',
    (elbv2, arn) => elbv2.send(new DeleteTargetGroupCommand({ TargetGroupArn: arn })),
  ],
  [
    'DescribeListeners',
    'listener',
    (elbv2, arn) => elbv2.send(new DescribeListenersCommand({ ListenerArns: [arn] })),
  ],
  ['DeleteListener', 'listener', (elbv2, arn) => elbv2.send(new DeleteListenerCommand({ ListenerArn: arn }))],
  [
    'DescribeRules',
    'listener rule',
    (elbv2, arn) => elbv2.send(new DescribeRulesCommand({ RuleArns: [arn] })),
  ],
  ['DeleteRule', 'listener rule', (elbv2, arn) => elbv2.send(new DeleteRuleCommand({ RuleArn: arn }))],
  [
    'SetRulePriorities',
    'listener rule',
    (elbv2, arn) =>
      elbv2.send(new SetRulePrioritiesCommand({ RulePriorities: [{ RuleArn: arn, Priority: 1 }] })),
  ],
];

/** Returns strings that are not ARNs of resources of Elastic Load Balancing in this account and region. */
const invalidArns = (balancer: string): string[] => [
  'web',
  'arn:aws:elasticloadbalancing:eu-west-1:000000000000:loadbalancer',
  'arn:aws:elasticloadbalancing:eu-west-1:000000000000:loadbalancer/web',
  balancer.replace('eu-west-1', 'us-east-1'),
  balancer.replace(/:\d{12}:/, ':111122223333:'),
  balancer.replace('arn:aws:', 'arn:aws-cn:'),
];

test.each(calls)('%s refuses an invalid ARN as not a valid %s ARN', async (_name, kind, send) => {
  const { elbv2, makeBalancer } = await scene();
  for (const arn of invalidArns(await makeBalancer())) {
    expect(await refusalOf(send(elbv2, arn))).toEqual({
      code: 'ValidationError',
      message: `'${arn}' is not a valid ${kind} ARN`,
    });
  }
});

test('an ARN of another kind is refused, and so is the name of a target group in the actions of a listener', async () => {
  const { createListener, elbv2, makeBalancer, makeListener } = await scene();
  const balancer = await makeBalancer();
  const listener = await makeListener(balancer, notFound);
  expect(
    await refusalOf(elbv2.send(new DescribeTargetGroupsCommand({ TargetGroupArns: [balancer] }))),
  ).toEqual({ code: 'ValidationError', message: `'${balancer}' is not a valid target group ARN` });
  expect(await refusalOf(elbv2.send(new DeleteRuleCommand({ RuleArn: listener })))).toEqual({
    code: 'ValidationError',
    message: `'${listener}' is not a valid listener rule ARN`,
  });
  expect(await refusalOf(createListener(balancer, forwardTo('api1'), 81))).toEqual({
    code: 'ValidationError',
    message: "'api1' is not a valid target group ARN",
  });
});

test('a resource of another region cannot be tagged', async () => {
  const { elbv2, makeBalancer } = await scene();
  const arn = (await makeBalancer()).replace('eu-west-1', 'eu-west-2');
  const tags = new AddTagsCommand({ ResourceArns: [arn], Tags: [{ Key: 'a', Value: '1' }] });
  expect(await refusalOf(elbv2.send(tags))).toEqual({
    code: 'ValidationError',
    message: `'${arn}' is not a valid resource ARN`,
  });
});
