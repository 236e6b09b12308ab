// A canary deployment of real programs: requests are counted per version while ECS shifts the traffic, and after a rollback.
import { AssociateRouteTableCommand, AuthorizeSecurityGroupIngressCommand } from '@aws-sdk/client-ec2';
import {
  CreateServiceCommand,
  RegisterTaskDefinitionCommand,
  StopServiceDeploymentCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  ModifyTargetGroupAttributesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { AttachRolePolicyCommand, CreateRoleCommand } from '@aws-sdk/client-iam';
import { expect, test } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { required } from '../aws/ec2/scene.ts';
import { MANAGED_POLICY, trustFor } from '../aws/ecs/strategies/scene.ts';
import { taskScene } from './task-scene.ts';

const PORT = 5000;
const programOf = (version: string) => `
  const server = require('node:http').createServer((_, response) => response.end('${version}')).listen(${PORT});
  process.on('SIGTERM', () => server.close());
`;

/** Deploys a service of version v1 behind a load balancer with a production listener and a test listener. */
async function serviceScene() {
  const scene = await taskScene({ pace: 60 });
  const { ecs, elbv2, ec2, iam, region, make, vpc, subnet, group } = scene;
  const everything = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: group, IpPermissions: everything }));
  const other = await make.subnet(vpc, '10.0.2.0/24', 'eu-west-1b');
  const table = await make.table(vpc);
  const { InternetGatewayId: GatewayId = '' } = required(region.ec2.internetGateways.all()[0]);
  await make.route(table, { GatewayId });
  await ec2.send(new AssociateRouteTableCommand({ RouteTableId: table, SubnetId: other }));
  const { LoadBalancers } = await elbv2.send(
    new CreateLoadBalancerCommand({ Name: 'web', Subnets: [subnet, other], SecurityGroups: [group] }),
  );
  const LoadBalancerArn = required(LoadBalancers?.[0]?.LoadBalancerArn);
  const groups: string[] = [];
  for (const Name of ['one', 'other']) {
    const { TargetGroups } = await elbv2.send(
      new CreateTargetGroupCommand({
        Name,
        Port: PORT,
        VpcId: vpc,
        Protocol: 'HTTP',
        TargetType: 'ip',
        HealthCheckIntervalSeconds: 5,
        HealthCheckTimeoutSeconds: 2,
        HealthyThresholdCount: 2,
      }),
    );
    const TargetGroupArn = required(TargetGroups?.[0]?.TargetGroupArn);
    await elbv2.send(
      new ModifyTargetGroupAttributesCommand({
        TargetGroupArn,
        Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '30' }],
      }),
    );
    groups.push(TargetGroupArn);
  }
  const [blue = '', green = ''] = groups;
  const listen = async (Port: number, TargetGroupArn: string) => {
    const { Listeners } = await elbv2.send(
      new CreateListenerCommand({
        LoadBalancerArn,
        Protocol: 'HTTP',
        Port,
        DefaultActions: [{ Type: 'forward', TargetGroupArn }],
      }),
    );
    const ListenerArn = required(Listeners?.[0]?.ListenerArn);
    const rule = required(region.elbv2.rules.find((one) => one.ListenerArn === ListenerArn));
    return { rule, ask: () => answer(required(region.elbv2.listeners.get(ListenerArn)).localPort) };
  };
  const production = await listen(80, blue);
  const tested = await listen(8081, green);
  const { Role } = await iam.send(
    new CreateRoleCommand({ RoleName: 'elb', AssumeRolePolicyDocument: trustFor('ecs.amazonaws.com') }),
  );
  await iam.send(new AttachRolePolicyCommand({ RoleName: 'elb', PolicyArn: MANAGED_POLICY }));
  for (const version of ['v1', 'v2']) {
    await scene.push(programOf(version), version);
    const image = `${required(region.ecr.repositories.all()[0]).repositoryUri}:${version}`;
    await ecs.send(
      new RegisterTaskDefinitionCommand({
        family: 'web',
        requiresCompatibilities: ['FARGATE'],
        networkMode: 'awsvpc',
        cpu: '256',
        memory: '512',
        executionRoleArn: required(region.iam.roles.get('task')).Arn,
        containerDefinitions: [{ name: 'web', image, portMappings: [{ containerPort: PORT }] }],
      }),
    );
  }
  await ecs.send(
    new CreateServiceCommand({
      cluster: 'main',
      serviceName: 'web',
      taskDefinition: 'web:1',
      desiredCount: 2,
      launchType: 'FARGATE',
      networkConfiguration: {
        awsvpcConfiguration: { subnets: [subnet], securityGroups: [group], assignPublicIp: 'ENABLED' },
      },
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
    }),
  );
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
  const { ecs, production, tested, rollout } = await serviceScene();
  while (rollout().status !== 'SUCCESSFUL') await delay(20);
  expect(await production.ask()).toBe('v1');
  await ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', taskDefinition: 'web:2' }));

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
