// ECS lags in its own way: new resources are MISSING at first, and the name of a deleted service stays in use for a while.
import { RegisterScalableTargetCommand } from '@aws-sdk/client-application-auto-scaling';
import * as ECS from '@aws-sdk/client-ecs';
import { expect, test } from '@jest/globals';
import { manualClock } from '../../../sandbox/world/clock.ts';
import { balancedAccount, calls } from '../aws/ecs/scene.ts';
import { resultOf, SECOND } from './scene.ts';

const LAG = { idLagMs: 5 * SECOND };

async function laggingScene() {
  const clock = manualClock();
  const scene = await balancedAccount({ clock, pace: 1 });
  scene.chaos.adjust(LAG);
  return { ...scene, clock, create: calls(scene.ecs).create, webService: scene.serviceInput() };
}

test('ECS reports a new cluster as MISSING and refuses services for it until the lag is over', async () => {
  const { ecs, create, webService, clock } = await laggingScene();
  await ecs.send(new ECS.CreateClusterCommand({ clusterName: 'new' }));
  const found = await ecs.send(new ECS.DescribeClustersCommand({ clusters: ['new'] }));
  expect(found).toMatchObject({ clusters: [], failures: [{ reason: 'MISSING' }] });
  expect(await resultOf(create({ ...webService, cluster: 'new' }))).toBe('ClusterNotFoundException');
  clock.advance(LAG.idLagMs);
  expect(await resultOf(create({ ...webService, cluster: 'new' }))).toBe('ok');
});

test('ECS reports a new service as MISSING during the lag, but still starts its tasks', async () => {
  const { ecs, create, webService, clock, autoscaling } = await laggingScene();
  const request = { cluster: 'main', services: ['web'] };
  await create(webService);
  expect(await ecs.send(new ECS.DescribeServicesCommand(request))).toMatchObject({
    services: [],
    failures: [{ arn: expect.stringMatching(/service\/main\/web$/), reason: 'MISSING' }],
  });
  const target = {
    ServiceNamespace: 'ecs',
    ResourceId: 'service/main/web',
    ScalableDimension: 'ecs:service:DesiredCount',
    MinCapacity: 1,
    MaxCapacity: 2,
  } as const;
  expect(await resultOf(autoscaling.send(new RegisterScalableTargetCommand(target)))).toBe(
    'ValidationException',
  );
  for (let second = 0; second < 120; second += 1) clock.advance(SECOND);
  const { services } = await ecs.send(new ECS.DescribeServicesCommand(request));
  expect(services).toMatchObject([{ runningCount: 2, pendingCount: 0 }]);
  expect(await resultOf(autoscaling.send(new RegisterScalableTargetCommand(target)))).toBe('ok');
});

test('the name of a deleted service cannot be reused until the lag is over', async () => {
  const { ecs, create, webService, clock, chaos } = await laggingScene();
  chaos.adjust({ idLagMs: 0 });
  await create({ ...webService, desiredCount: 0 });
  chaos.adjust(LAG);
  await ecs.send(new ECS.DeleteServiceCommand({ cluster: 'main', service: 'web', force: true }));
  expect(await resultOf(create(webService))).toBe('InvalidParameterException');
  clock.advance(4 * SECOND);
  const afterDeletion = await ecs.send(
    new ECS.DescribeServicesCommand({ cluster: 'main', services: ['web'] }),
  );
  expect(afterDeletion.services).toMatchObject([{ status: 'INACTIVE' }]);
  await expect(create(webService)).rejects.toThrow('Creation of service was not idempotent.');
  clock.advance(LAG.idLagMs);
  expect(await resultOf(create(webService))).toBe('ok');
});
