// The usage of running tasks is measured, and becomes the metrics of their services.
import { setTimeout as delay } from 'node:timers/promises';
import {
  DescribeScalingActivitiesCommand,
  PutScalingPolicyCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { CreateServiceCommand, DescribeServicesCommand } from '@aws-sdk/client-ecs';
import { expect, test } from '@jest/globals';
import { makeUsageMeter } from '../../../sandbox/data-plane/usage-meter.ts';
import { containerUsageOf } from '../../../sandbox/runtime/container-usage.ts';
import { manualClock } from '../../../sandbox/world/clock.ts';
import { TestTask, until } from '../runtime/support.ts';
import { taskScene } from './task-scene.ts';

const TASK = 'arn:aws:ecs:eu-west-1:000000000000:task/main/a';
const GROUP = 'arn:aws:elasticloadbalancing:eu-west-1:000000000000:targetgroup/web/0';
const onLinux = process.platform === 'linux' ? test : test.skip;

/** A program that computes without pause, but still reacts to signals. */
const BUSY = `console.log('ready'); process.on('SIGTERM', () => process.exit(0));
  setInterval(() => { const end = Date.now() + 40; while (Date.now() < end); }, 0);`;

/** Returns a meter, and the usage that it will measure, which a test can change. The keys are process IDs. */
function meterScene() {
  const clock = manualClock();
  const used: Record<number, { cpuSeconds: number; memoryBytes: number }> = {};
  const meter = makeUsageMeter(
    clock,
    async (pids) => new Map(pids.flatMap((pid) => (used[pid] ? [[pid, used[pid]]] : []))),
  );
  return { clock, used, meter, measure: (region = 'eu-west-1') => meter.measure(region, 120_000) };
}

test('the usage of a task is that of its containers since the previous measurement', async () => {
  const { clock, used, meter, measure } = meterScene();
  meter.watch({ pid: 1, taskArn: TASK });
  const unwatch = meter.watch({ pid: 2, taskArn: TASK });
  used[1] = { cpuSeconds: 30, memoryBytes: 100 };
  used[2] = { cpuSeconds: 6, memoryBytes: 50 };
  clock.advance(60_000);
  expect((await measure()).tasks).toEqual(new Map([[TASK, { cpus: 0.6, memoryBytes: 150 }]]));
  used[1] = { cpuSeconds: 36, memoryBytes: 80 };
  unwatch();
  clock.advance(60_000);
  expect((await measure('eu-west-2')).tasks).toEqual(new Map());
  expect((await measure()).tasks).toEqual(new Map([[TASK, { cpus: 0.1, memoryBytes: 80 }]]));
});

test('usage over an interval that is too long is not reported', async () => {
  const { clock, used, meter, measure } = meterScene();
  meter.watch({ pid: 1, taskArn: TASK });
  meter.countRequest(GROUP);
  used[1] = { cpuSeconds: 30, memoryBytes: 100 };
  clock.advance(3_600_000);
  expect(await measure()).toEqual({ tasks: new Map(), requests: new Map() });
  meter.countRequest(GROUP);
  meter.countRequest(GROUP);
  clock.advance(60_000);
  expect(await measure()).toEqual({
    tasks: new Map([[TASK, { cpus: 0, memoryBytes: 100 }]]),
    requests: new Map([[GROUP, 2]]),
  });
  clock.advance(60_000);
  expect((await measure()).requests).toEqual(new Map());
});

onLinux(
  'the CPU time of a container includes that of its children, even after they have ended',
  async () => {
    await using task = await TestTask.create();
    const burn = `const end = process.cpuUsage().user + 4e5; while (process.cpuUsage().user < end);`;
    const program = `require('node:child_process').spawnSync('node', ['-e', ${JSON.stringify(burn)}]); console.log('ready'); setInterval(() => {}, 1000);`;
    const container = await task.start(['node', '-e', program]);
    await until(() => container.stdout.length === 1, 'the program to be ready');
    const usage = (await containerUsageOf([container.pid])).get(container.pid);
    expect(usage?.cpuSeconds).toBeGreaterThan(0.39);
    expect(usage?.memoryBytes).toBeGreaterThan(2 ** 20);
  },
  60_000,
);

onLinux(
  'a service whose task is busy scales out',
  async () => {
    const { push, ecs, autoscaling, cloudwatch, subnet, group, ...scene } = await taskScene({ pace: 60 });
    await push(BUSY, 'v1');
    await scene.waitForTask(
      await scene.run({ web: { stopTimeout: 2 } }),
      ({ lastStatus }) => lastStatus === 'RUNNING',
    );
    await ecs.send(
      new CreateServiceCommand({
        cluster: 'main',
        serviceName: 'web',
        taskDefinition: 'web',
        desiredCount: 1,
        launchType: 'FARGATE',
        networkConfiguration: {
          awsvpcConfiguration: { subnets: [subnet], securityGroups: [group], assignPublicIp: 'ENABLED' },
        },
      }),
    );
    const target = {
      ServiceNamespace: 'ecs',
      ResourceId: 'service/main/web',
      ScalableDimension: 'ecs:service:DesiredCount',
    } as const;
    await autoscaling.send(new RegisterScalableTargetCommand({ ...target, MinCapacity: 1, MaxCapacity: 2 }));
    await autoscaling.send(
      new PutScalingPolicyCommand({
        ...target,
        PolicyName: 'cpu',
        PolicyType: 'TargetTrackingScaling',
        TargetTrackingScalingPolicyConfiguration: {
          TargetValue: 50,
          PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
        },
      }),
    );
    const read = async () => {
      const { services } = await ecs.send(
        new DescribeServicesCommand({ cluster: 'main', services: ['web'] }),
      );
      return services?.[0];
    };
    let service = await read();
    while (service?.desiredCount !== 2 || service.runningCount !== 2) {
      await delay(50);
      service = await read();
    }
    const { ScalingActivities } = await autoscaling.send(
      new DescribeScalingActivitiesCommand({ ServiceNamespace: 'ecs' }),
    );
    expect(ScalingActivities).toMatchObject([
      {
        Cause: expect.stringMatching(/^monitor alarm TargetTracking-.*-AlarmHigh-.* triggered policy cpu$/),
        StatusMessage: 'Successfully set desired count to 2. Change successfully fulfilled by ecs.',
      },
    ]);
    const { MetricAlarms } = await cloudwatch.send(new DescribeAlarmsCommand({ StateValue: 'ALARM' }));
    expect(MetricAlarms?.[0]?.StateReason).toMatch(/^Threshold Crossed: 3 datapoints \[/);
  },
  60_000,
);
