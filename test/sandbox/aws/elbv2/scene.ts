// The scene for most tests of Elastic Load Balancing: a VPC with an internet gateway and two subnets, created through the API.
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateRuleCommand,
  CreateTargetGroupCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetHealthCommand,
  type Action,
  type CreateLoadBalancerCommandInput,
  type CreateTargetGroupCommandInput,
  type RuleCondition,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { SandboxOptions } from '../../../../sandbox/sandbox.ts';
import { sandbox } from '../../harness.ts';
import { makerOf, required } from '../ec2/scene.ts';

export { required } from '../ec2/scene.ts';

export const notFound: Action = { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } };
export const forwardTo = (TargetGroupArn: string): Action => ({ Type: 'forward', TargetGroupArn });
export const path = (...Values: string[]): RuleCondition => ({
  Field: 'path-pattern',
  PathPatternConfig: { Values },
});

/**
 * Starts a sandbox with a network, and returns short names for calls. The functions named `create…` return the response of
 * the call; the functions named `make…` return the ARN of the new resource.
 */
export async function scene(options: SandboxOptions = {}) {
  const started = await sandbox(options);
  const { elbv2 } = started;
  const make = makerOf(started.ec2);
  const vpc = await make.vpc();
  await make.gateway(vpc);
  const subnets = [
    await make.subnet(vpc, '10.0.1.0/24', 'eu-west-1a'),
    await make.subnet(vpc, '10.0.2.0/24', 'eu-west-1b'),
  ];

  const createBalancer = (overrides: Partial<CreateLoadBalancerCommandInput> = {}) =>
    elbv2.send(new CreateLoadBalancerCommand({ Name: 'web', Subnets: subnets, ...overrides }));
  const createTargetGroup = (overrides: Partial<CreateTargetGroupCommandInput> = {}) =>
    elbv2.send(
      new CreateTargetGroupCommand({
        Name: 'api1',
        Protocol: 'HTTP',
        Port: 5000,
        VpcId: vpc,
        TargetType: 'ip',
        ...overrides,
      }),
    );
  const makeBalancer = async (Name = 'web') =>
    required((await createBalancer({ Name })).LoadBalancers?.[0]?.LoadBalancerArn);
  const makeTargetGroup = async (Name = 'api1') =>
    required((await createTargetGroup({ Name })).TargetGroups?.[0]?.TargetGroupArn);
  const createListener = (LoadBalancerArn: string, action = notFound, Port = 80) =>
    elbv2.send(
      new CreateListenerCommand({ LoadBalancerArn, Protocol: 'HTTP', Port, DefaultActions: [action] }),
    );
  const makeListener = async (loadBalancerArn: string, action = notFound, port = 80) =>
    required((await createListener(loadBalancerArn, action, port)).Listeners?.[0]?.ListenerArn);
  const createRule = (
    ListenerArn: string,
    Priority: number,
    action: Action,
    ...conditions: RuleCondition[]
  ) =>
    elbv2.send(
      new CreateRuleCommand({
        ListenerArn,
        Priority,
        Actions: [action],
        Conditions: conditions.length > 0 ? conditions : [path('/api1')],
      }),
    );
  const makeRule = async (listenerArn: string, priority = 1, action = notFound) =>
    required((await createRule(listenerArn, priority, action)).Rules?.[0]?.RuleArn);
  const describeBalancer = async (Name = 'web') =>
    (await elbv2.send(new DescribeLoadBalancersCommand({ Names: [Name] }))).LoadBalancers?.[0];
  const describeHealth = async (TargetGroupArn: string) =>
    (
      (await elbv2.send(new DescribeTargetHealthCommand({ TargetGroupArn }))).TargetHealthDescriptions ?? []
    ).map(({ TargetHealth }) => TargetHealth);

  return {
    ...started,
    make,
    vpc,
    subnets,
    createBalancer,
    createTargetGroup,
    createListener,
    createRule,
    makeBalancer,
    makeTargetGroup,
    makeListener,
    makeRule,
    describeBalancer,
    describeHealth,
  };
}
