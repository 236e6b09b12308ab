// Deployments that shift traffic while someone deletes one of their target groups.
import {
  DeleteTargetGroupCommand,
  DescribeListenersCommand,
  DescribeRulesCommand,
  ModifyListenerCommand,
  ModifyRuleCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from '@jest/globals';
import { deployedScene } from './scene.ts';

test('a target group that is deleted in mid-shift gets no traffic, and the deployment is rolled back', async () => {
  const scene = await deployedScene({
    strategy: 'CANARY',
    bakeTimeInMinutes: 1,
    canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 2 },
  });
  const { elbv2, blue, green, productionRule } = scene;
  await scene.update({ taskDefinition: 'web:2' });
  await scene.advanceUntil(async () => (await scene.weights()).blue === 10);
  const Actions = [{ Type: 'forward' as const, TargetGroupArn: green }];
  const { Listeners = [] } = await elbv2.send(
    new DescribeListenersCommand({ LoadBalancerArn: scene.LoadBalancerArn }),
  );
  for (const { ListenerArn } of Listeners) {
    const { Rules = [] } = await elbv2.send(new DescribeRulesCommand({ ListenerArn }));
    for (const { RuleArn, IsDefault = false } of Rules)
      await (IsDefault
        ? elbv2.send(new ModifyListenerCommand({ ListenerArn, DefaultActions: Actions }))
        : elbv2.send(new ModifyRuleCommand({ RuleArn, Actions })));
  }
  scene.clock.advance(30_000); // a group counts as used for some seconds after a rule named it
  await elbv2.send(new DeleteTargetGroupCommand({ TargetGroupArn: blue }));
  await scene.untilStatus('ROLLBACK_SUCCESSFUL');
  const { Rules = [] } = await elbv2.send(new DescribeRulesCommand({ RuleArns: [productionRule] }));
  const groups = Rules[0]?.Actions?.[0]?.ForwardConfig?.TargetGroups ?? [];
  expect(groups.map(({ TargetGroupArn }) => TargetGroupArn)).toEqual([green]);
});
