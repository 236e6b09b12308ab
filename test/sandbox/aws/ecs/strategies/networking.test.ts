// Failures of a shift that ECS finds after the call: rules, target groups, and the infrastructure role with its permissions.
import {
  AttachRolePolicyCommand,
  DeleteRoleCommand,
  DetachRolePolicyCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import {
  CreateTargetGroupCommand,
  DeleteRuleCommand,
  ModifyListenerCommand,
  ModifyRuleCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { StopTaskCommand } from '@aws-sdk/client-ecs';
import { expect, test } from '@jest/globals';
import { eventMessages, required } from '../scene.ts';
import { deployedScene, MANAGED_POLICY, timedScene, trustFor, type ShiftingScene } from './scene.ts';

const BLUE_GREEN = { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 0 } as const;
const ROLLED_BACK = 'Service deployment rolled back because';
const SESSION = 'arn:aws:sts::000000000000:assumed-role/infrastructure';

const forward = (...groups: [string, number][]) => [
  {
    Type: 'forward' as const,
    ForwardConfig: { TargetGroups: groups.map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight })) },
  },
];

const setRule = ({ elbv2 }: ShiftingScene, RuleArn: string, ...groups: [string, number][]) =>
  elbv2.send(new ModifyRuleCommand({ RuleArn, Actions: forward(...groups) }));

const allow = ({ iam }: ShiftingScene, ...actions: string[]) =>
  iam.send(
    new PutRolePolicyCommand({
      RoleName: 'infrastructure',
      PolicyName: 'some',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Action: actions.map((one) => `elasticloadbalancing:${one}`), Resource: '*' },
        ],
      }),
    }),
  );
const detach = ({ iam }: ShiftingScene) =>
  iam.send(new DetachRolePolicyCommand({ RoleName: 'infrastructure', PolicyArn: MANAGED_POLICY }));

const cannotManage = (scene: ShiftingScene) =>
  `of invalid networking configuration. ECS was unable to manage the ELB resources due to missing permissions on ECS Infrastructure Role '${scene.infrastructureRole}'.`;
const READS = ['DescribeRules', 'DescribeListeners', 'DescribeTargetGroups', 'DescribeTargetHealth'];

const faults: [string, (scene: ShiftingScene) => Promise<unknown>, (scene: ShiftingScene) => string][] = [
  [
    'a production rule that is gone',
    (scene) => scene.elbv2.send(new DeleteRuleCommand({ RuleArn: scene.productionRule })),
    () => 'of invalid networking configuration. One or more rules not found',
  ],
  [
    'two groups with production traffic',
    (scene) => setRule(scene, scene.productionRule, [scene.blue, 1], [scene.green, 99]),
    (scene) =>
      `of invalid networking configuration. productionListenerRule ${scene.productionRule} should have exactly one target group serving traffic but found 2 target groups which are serving traffic`,
  ],
  [
    'a foreign group in the production rule',
    async (scene) => {
      const { TargetGroups } = await scene.elbv2.send(
        new CreateTargetGroupCommand({
          Name: 'other',
          Port: 1,
          VpcId: scene.VpcId,
          Protocol: 'HTTP',
          TargetType: 'ip',
        }),
      );
      await setRule(scene, scene.productionRule, [required(TargetGroups?.[0]?.TargetGroupArn), 1]);
    },
    ({ blue, green, region }) => {
      const other = required(region.elbv2.targetGroups.all().find((one) => one.TargetGroupName === 'other'));
      return `of invalid networking configuration. Production listener rule is forwarding traffic to unexpected target group ${other.TargetGroupArn}. Expected traffic to be forwarded to either targetGroupArn: ${green} or alternateTargetGroupArn: ${blue}`;
    },
  ],
  [
    'a group that no rule names',
    async (scene) => {
      await setRule(scene, scene.productionRule, [scene.green, 1]);
      await setRule(scene, scene.testRule, [scene.green, 1]);
    },
    ({ blue }) =>
      `of invalid networking configuration: Target group ${blue} is not associated with either productionListenerRule or testListenerRule.`,
  ],
  [
    'a role that trusts another service',
    ({ iam }) =>
      iam.send(
        new UpdateAssumeRolePolicyCommand({
          RoleName: 'infrastructure',
          PolicyDocument: trustFor('ecs-tasks.amazonaws.com'),
        }),
      ),
    cannotManage,
  ],
  [
    'a role that is gone',
    async (scene) => {
      await detach(scene);
      await scene.iam.send(new DeleteRoleCommand({ RoleName: 'infrastructure' }));
    },
    cannotManage,
  ],
  ['a role that may read no rules', detach, cannotManage],
  [
    'a role that may not change rules',
    async (scene) => {
      await detach(scene);
      await allow(scene, ...READS, 'RegisterTargets', 'DeregisterTargets');
    },
    (scene) =>
      `TEST_TRAFFIC_SHIFT lifecycle hook(s) failed. User: ${SESSION}/ECSNetworkingWithELB is not authorized to perform: elasticloadbalancing:ModifyRule on resource: ${scene.testRule} because no identity-based policy allows the elasticloadbalancing:ModifyRule action`,
  ],
];

test.each(faults)('%s rolls a deployment back', async (_what, break_, because) => {
  const scene = await deployedScene(BLUE_GREEN);
  await break_(scene);
  const [restored] = (await scene.service()).deployments ?? [];
  // A change of the task definition would check the load balancers again, and refuse some of the faults at once.
  await scene.update({ forceNewDeployment: true });
  await scene.untilStatus('ROLLBACK_SUCCESSFUL');
  const statusReason = `${ROLLED_BACK} ${because(scene)}`;
  expect((await scene.latest()).statusReason).toBe(statusReason);
  expect((await scene.service()).events?.map(({ message }) => message).join('\n')).toContain(
    `deployment failed: ${statusReason}`,
  );
  expect((await scene.service()).deployments).toMatchObject([{ id: restored?.id, runningCount: 2 }]);
});

test('a first deployment with a wrong role shows its cause only in an event', async () => {
  const scene = await timedScene();
  await detach(scene);
  await scene.create(scene.shiftingInput(BLUE_GREEN));
  await scene.untilStatus('ROLLBACK_FAILED');
  expect((await scene.latest()).statusReason).toBe('No rollback candidate was found to run the rollback.');
  expect(eventMessages(await scene.service()).join('\n')).toContain(
    `deployment failed: ${ROLLED_BACK} ${cannotManage(scene)}`,
  );
});

test('targets are registered and watched with the permissions of the role', async () => {
  const scene = await timedScene();
  await detach(scene);
  const reads = READS.filter((action) => action !== 'DescribeTargetHealth');
  await allow(scene, ...reads, 'ModifyRule');
  await scene.create(scene.shiftingInput(BLUE_GREEN));
  const message = async () => (await scene.service()).events?.map((event) => event.message).join('\n') ?? '';
  await scene.advanceUntil(async () => (await message()).includes('failed to register targets'));
  expect(await message()).toContain(
    `failed to register targets in (target-group ${scene.green}) with (error User: ${SESSION}/ecs-service-scheduler is not authorized to perform: elasticloadbalancing:RegisterTargets on resource: ${scene.green} because no identity-based policy allows the elasticloadbalancing:RegisterTargets action)`,
  );
  scene.clock.advance(120_000);
  expect((await scene.latest()).lifecycleStage).toBe('SCALE_UP');
  await allow(scene, ...reads, 'ModifyRule', 'RegisterTargets', 'DeregisterTargets');
  for (const { taskArn } of await scene.tasks())
    await scene.ecs.send(new StopTaskCommand({ cluster: 'main', task: taskArn }));
  await scene.advanceUntil(async () => (await message()).includes('failed to describe target health'));
  expect(await message()).toContain(
    `failed to describe target health on target-group ${scene.green} with (error User: ${SESSION}/ecs-service-scheduler is not authorized to perform: elasticloadbalancing:DescribeTargetHealth because no identity-based policy allows the elasticloadbalancing:DescribeTargetHealth action)`,
  );
  await scene.iam.send(
    new AttachRolePolicyCommand({ RoleName: 'infrastructure', PolicyArn: MANAGED_POLICY }),
  );
  await scene.untilCompleted();
});

test('the default rule of a listener can be the production rule, and its listener shows the weights too', async () => {
  const scene = await timedScene();
  const rule = required(
    scene.region.elbv2.rules.find((one) => one.ListenerArn === scene.ListenerArn && one.IsDefault === true),
  );
  const listener = required(scene.region.elbv2.listeners.get(scene.ListenerArn));
  await scene.elbv2.send(
    new ModifyListenerCommand({ ListenerArn: scene.ListenerArn, DefaultActions: forward([scene.blue, 1]) }),
  );
  await scene.create(
    scene.shiftingInput(BLUE_GREEN, {
      loadBalancers: scene.balancers({ productionListenerRule: rule.RuleArn }),
    }),
  );
  await scene.untilCompleted();
  const groups = [
    { TargetGroupArn: scene.blue, Weight: 0 },
    { TargetGroupArn: scene.green, Weight: 100 },
  ];
  for (const actions of [rule.Actions, listener.DefaultActions]) {
    expect(actions).toMatchObject([{ Type: 'forward', ForwardConfig: { TargetGroups: groups } }]);
    expect(actions?.[0]).not.toHaveProperty('TargetGroupArn');
  }
});
