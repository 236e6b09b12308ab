// The scene for deployments that shift traffic: two target groups, a production rule, a test rule, and an infrastructure role.
import {
  DescribeServiceDeploymentsCommand,
  ListServiceDeploymentsCommand,
  RegisterTaskDefinitionCommand,
  type AdvancedConfiguration,
  type CreateServiceCommandInput,
  type DeploymentConfiguration,
  type ServiceDeployment,
} from '@aws-sdk/client-ecs';
import {
  CreateListenerCommand,
  CreateRuleCommand,
  CreateTargetGroupCommand,
  DescribeLoadBalancersCommand,
  DescribeListenersCommand,
  DescribeRulesCommand,
  ModifyTargetGroupAttributesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { AttachRolePolicyCommand, CreateRoleCommand } from '@aws-sdk/client-iam';
import { manualClock } from '../../../../../sandbox/world/clock.ts';
import type { SandboxOptions } from '../../../../../sandbox/sandbox.ts';
import { markTargetsHealthy, scriptedPlane, type Fate } from '../plane.ts';
import { balancedAccount, calls, isCompleted, required, twoContainerTask } from '../scene.ts';

export const MANAGED_POLICY = 'arn:aws:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers';

/** Returns a trust policy for a service. */
export const trustFor = (service: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
  });

/** Creates a `balancedAccount` and everything that its service needs to shift the traffic of api1 to another group. */
export async function shiftingAccount(options: SandboxOptions = {}) {
  const scene = await balancedAccount(options, 5);
  const { elbv2, iam, groups, VpcId } = scene;
  const [blue = ''] = groups;
  const { TargetGroups } = await elbv2.send(
    new CreateTargetGroupCommand({ Name: 'green', Port: 5000, VpcId, Protocol: 'HTTP', TargetType: 'ip' }),
  );
  const green = required(TargetGroups?.[0]?.TargetGroupArn);
  await elbv2.send(
    new ModifyTargetGroupAttributesCommand({
      TargetGroupArn: green,
      Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '5' }],
    }),
  );
  const { LoadBalancers } = await elbv2.send(new DescribeLoadBalancersCommand({}));
  const LoadBalancerArn = required(LoadBalancers?.[0]?.LoadBalancerArn);
  const { Listeners } = await elbv2.send(new DescribeListenersCommand({ LoadBalancerArn }));
  const ListenerArn = required(Listeners?.[0]?.ListenerArn);
  const { Rules } = await elbv2.send(new DescribeRulesCommand({ ListenerArn }));
  const productionRule = required(Rules?.find(({ Priority }) => Priority === '1')?.RuleArn);
  const test = await elbv2.send(
    new CreateListenerCommand({
      LoadBalancerArn,
      Protocol: 'HTTP',
      Port: 8080,
      DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
    }),
  );
  const tested = await elbv2.send(
    new CreateRuleCommand({
      ListenerArn: test.Listeners?.[0]?.ListenerArn,
      Priority: 1,
      Conditions: [{ Field: 'path-pattern', Values: ['/api1'] }],
      Actions: [{ Type: 'forward', TargetGroupArn: green }],
    }),
  );
  const testRule = required(tested.Rules?.[0]?.RuleArn);
  const { Role } = await iam.send(
    new CreateRoleCommand({
      RoleName: 'infrastructure',
      AssumeRolePolicyDocument: trustFor('ecs.amazonaws.com'),
    }),
  );
  const infrastructureRole = required(Role?.Arn);
  await iam.send(new AttachRolePolicyCommand({ RoleName: 'infrastructure', PolicyArn: MANAGED_POLICY }));
  const advanced = (changes: Partial<AdvancedConfiguration> = {}): AdvancedConfiguration => ({
    alternateTargetGroupArn: green,
    productionListenerRule: productionRule,
    testListenerRule: testRule,
    roleArn: infrastructureRole,
    ...changes,
  });
  const balancers = (changes?: Partial<AdvancedConfiguration>) => [
    {
      targetGroupArn: blue,
      containerName: 'api1',
      containerPort: 5000,
      advancedConfiguration: advanced(changes),
    },
  ];
  return {
    ...scene,
    LoadBalancerArn,
    ListenerArn,
    blue,
    green,
    productionRule,
    testRule,
    infrastructureRole,
    advanced,
    balancers,
    /** The input of a service with a strategy. */
    shiftingInput: (
      deploymentConfiguration: DeploymentConfiguration,
      rest: Partial<CreateServiceCommandInput> = {},
    ) => scene.serviceInput({ loadBalancers: balancers(), deploymentConfiguration, ...rest }),
    /** The weights of the two groups in a rule. */
    weights: async (rule = productionRule) => {
      const found = await elbv2.send(new DescribeRulesCommand({ RuleArns: [rule] }));
      const { TargetGroups = [] } = found.Rules?.[0]?.Actions?.[0]?.ForwardConfig ?? {};
      const weightOf = (arn: string) =>
        TargetGroups.find(({ TargetGroupArn }) => TargetGroupArn === arn)?.Weight;
      return { blue: weightOf(blue), green: weightOf(green) };
    },
    /** The newest service deployment. */
    latest: async (): Promise<ServiceDeployment> => {
      const { serviceDeployments = [] } = await scene.ecs.send(
        new ListServiceDeploymentsCommand({ cluster: 'main', service: 'web' }),
      );
      const serviceDeploymentArns = [required(serviceDeployments[0]?.serviceDeploymentArn)];
      const described = await scene.ecs.send(
        new DescribeServiceDeploymentsCommand({ serviceDeploymentArns }),
      );
      return required(described.serviceDeployments?.[0]);
    },
  };
}

export type ShiftingScene = Awaited<ReturnType<typeof timedScene>>;

/**
 * Creates a `shiftingAccount` at AWS's pace, on a clock that the test advances, with a plane whose tasks of web:1 run.
 * @param fate the fate of the tasks of web:2
 */
export async function timedScene(fate: Fate = 'runs', options: SandboxOptions = {}) {
  const clock = manualClock();
  const plane = scriptedPlane((definition) => (definition.endsWith(':2') ? fate : 'runs'));
  const scene = await shiftingAccount({ pace: 1, clock, plane, ...options });
  clock.advance(200_000); // the load balancer becomes active
  // The waits read the world directly, because thousands of calls would take long.
  const row = () => required(scene.region.ecs.services.all()[0], 'service');
  /** Advances the clock in steps of two seconds, with healthy targets, until a condition holds. */
  const advanceUntil = async (isReached: () => boolean | Promise<boolean>, seconds = 1200): Promise<void> => {
    for (let second = 0; second < seconds; second += 2) {
      if (await isReached()) return;
      markTargetsHealthy(scene.region);
      clock.advance(2000);
    }
    throw new Error(`Never reached: ${JSON.stringify(await scene.latest())}`);
  };
  return {
    ...scene,
    ...calls(scene.ecs),
    clock,
    plane,
    advanceUntil,
    untilCompleted: () => advanceUntil(() => isCompleted(row())),
    untilStage: (stage: ServiceDeployment['lifecycleStage']) =>
      advanceUntil(() => row().rollouts[0]?.lifecycleStage === stage),
    untilStatus: (status: ServiceDeployment['status']) =>
      advanceUntil(() => row().rollouts[0]?.status === status),
    secondRevision: () => scene.ecs.send(new RegisterTaskDefinitionCommand(twoContainerTask(scene.role))),
  };
}

/** Creates a `timedScene` whose service of web:1 is deployed, and web:2 registered. */
export async function deployedScene(
  deploymentConfiguration: DeploymentConfiguration,
  fate: Fate = 'runs',
  rest: Partial<CreateServiceCommandInput> = {},
) {
  const scene = await timedScene(fate);
  await scene.create(scene.shiftingInput(deploymentConfiguration, rest));
  await scene.untilCompleted();
  await scene.secondRevision();
  return scene;
}
