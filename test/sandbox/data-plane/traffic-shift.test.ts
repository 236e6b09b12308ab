// A canary deployment of real programs: requests are counted per version while ECS shifts the traffic, and after a rollback.
import { AssociateRouteTableCommand } from '@aws-sdk/client-ec2';
import { StopServiceDeploymentCommand } from '@aws-sdk/client-ecs';
import { AttachRolePolicyCommand, CreateRoleCommand } from '@aws-sdk/client-iam';
import { expect, test } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { required } from '../aws/ec2/scene.ts';
import { MANAGED_POLICY, trustFor } from '../aws/ecs/strategies/scene.ts';
import { balancerScene, PORT } from './service-scene.ts';

const programOf = (version: string) => `
  const server = require('node:http').createServer((_, response) => response.end('${version}')).listen(${PORT});
  process.on('SIGTERM', () => server.close());
`;

/** Deploys a service of version v1 behind a load balancer with a production listener and a test listener. */
async function shiftingScene() {
  const scene = await balancerScene();
  const { ec2, iam, region, make, vpc, otherSubnet, createGroup } = scene;
  const table = await make.table(vpc);
  const { InternetGatewayId: GatewayId = '' } = required(region.ec2.internetGateways.all()[0]);
  await make.route(table, { GatewayId });
  await ec2.send(new AssociateRouteTableCommand({ RouteTableId: table, SubnetId: otherSubnet }));
  const blue = await createGroup('one', 30, { HealthyThresholdCount: 2 });
  const green = await createGroup('other', 30, { HealthyThresholdCount: 2 });
  const listen = async (port: number, targetGroupArn: string) => {
    const listenerArn = await scene.listen(port, targetGroupArn);
    const rule = required(region.elbv2.rules.find((one) => one.ListenerArn === listenerArn));
    return { rule, ask: () => answer(required(region.elbv2.listeners.get(listenerArn)).localPort) };
  };
  const production = await listen(80, blue);
  const tested = await listen(8081, green);
  const { Role } = await iam.send(
    new CreateRoleCommand({ RoleName: 'elb', AssumeRolePolicyDocument: trustFor('ecs.amazonaws.com') }),
  );
  await iam.send(new AttachRolePolicyCommand({ RoleName: 'elb', PolicyArn: MANAGED_POLICY }));
  for (const version of ['v1', 'v2']) {
    await scene.push(programOf(version), version);
    await scene.define(version, { linuxParameters: undefined });
  }
  await scene.create({
    taskDefinition: 'web:1',
    desiredCount: 2,
    deploymentConfiguration: {
      strategy: 'CANARY',
      bakeTimeInMinutes: 2,
      canaryConfiguration: { canaryPercent: 25, canaryBakeTimeInMinutes: 2 },
    },
    loadBalancers: [
      {
        targetGroupArn: blue,
        containerName: 'web',
        containerPort: PORT,
        advancedConfiguration: {
          alternateTargetGroupArn: green,
          productionListenerRule: production.rule.RuleArn,
          testListenerRule: tested.rule.RuleArn,
          roleArn: Role?.Arn,
        },
      },
    ],
  });
  const rollout = () => required(region.ecs.services.all()[0]?.rollouts[0]);
  return { ...scene, production, tested, rollout };
}

/** Sends a request to a local port. @returns the body; the status if it is not 200 */
async function answer(port: number | undefined): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/`);
  return response.status === 200 ? await response.text() : String(response.status);
}

type Shares = Record<string, Record<string, number>>;

test('requests are split by the weights, none fails, and a rollback moves all of them back at once', async () => {
  const { ecs, update, production, tested, rollout } = await shiftingScene();
  while (rollout().status !== 'SUCCESSFUL') await delay(20);
  expect(await production.ask()).toBe('v1');
  await update({ taskDefinition: 'web:2' });

  /** The share of the new version in percent, as ECS has asked for it. */
  const share = () => String(rollout().progress?.productionPercent);
  /** Sends requests until a condition holds, and counts the versions that answered by the share of the new version. */
  const askUntil = async (isReached: () => boolean): Promise<Shares> => {
    const counts: Shares = {};
    while (!isReached()) {
      const before = share();
      const version = await production.ask();
      if (share() !== before) continue;
      const counted = (counts[before] ??= {});
      counted[version] = (counted[version] ?? 0) + 1;
    }
    return counts;
  };

  const shifting = await askUntil(() => rollout().lifecycleStage === 'BAKE_TIME');
  expect(Object.keys(shifting)).toEqual(['0', '25', '100']);
  expect(Object.keys(shifting['0'] ?? {})).toEqual(['v1']);
  expect(Object.keys(shifting['25'] ?? {}).sort()).toEqual(['v1', 'v2']);
  const { v1 = 0, v2 = 0 } = shifting['25'] ?? {};
  expect(v1 + v2).toBeGreaterThan(100);
  // With more than 100 requests, a share of 25 % is almost certainly between these.
  expect(v2 / (v1 + v2)).toBeGreaterThan(0.08);
  expect(v2 / (v1 + v2)).toBeLessThan(0.45);
  expect(Object.keys(shifting['100'] ?? {})).toEqual(['v2']);
  expect(await tested.ask()).toBe('v2');

  const { serviceDeploymentArn } = rollout();
  await ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn, stopType: 'ROLLBACK' }));
  const returning = await askUntil(() => rollout().status === 'ROLLBACK_SUCCESSFUL');
  expect(Object.keys(returning['100'] ?? { v2: 1 })).toEqual(['v2']);
  expect(Object.keys(returning['0'] ?? {})).toEqual(['v1']);
  expect(await tested.ask()).toBe('v1');
}, 120_000);
