// The events of a service: their wording, order and counts are those of recordings of ECS.
import { expect, test } from '@jest/globals';
import { recordContainerExit } from '../../../../sandbox/aws/ecs/task-reports.ts';
import { serviceScene } from './deployment-scene.ts';
import { failHealthChecks } from './plane.ts';
import { eventMessages, required } from './scene.ts';

/** Returns the events since an earlier description, the oldest first, with placeholders for the target groups. */
async function eventsSince({ service, groups }: Awaited<ReturnType<typeof serviceScene>>, known: number) {
  const messages = eventMessages(await service());
  const placeholder = (text: string) =>
    groups.reduce((replaced, arn, index) => replaced.replaceAll(arn, `<group ${index}>`), text);
  return messages
    .slice(0, messages.length - known)
    .reverse()
    .map((message) => placeholder(message).replace('(service web', '(…'));
}

const countEvents = async ({ service }: Awaited<ReturnType<typeof serviceScene>>) =>
  eventMessages(await service()).length;

test('a rolling update announces the stop of old tasks before they leave their targets, and completes before it is steady', async () => {
  const scene = await serviceScene('runs', { desiredCount: 2 });
  scene.pass(120);
  const known = await countEvents(scene);
  await scene.updateToSecond();
  scene.pass(150);
  expect(await eventsSince(scene, known)).toEqual([
    '(…) has started 2 tasks: (task <task>) (task <task>).',
    '(…) registered 2 targets in (target-group <group 0>)',
    '(…) registered 2 targets in (target-group <group 1>)',
    '(…) has stopped 2 running tasks: (task <task>) (task <task>).',
    '(…) deregistered 2 targets in (target-group <group 0>)',
    '(…) deregistered 2 targets in (target-group <group 1>)',
    '(…, taskSet ecs-svc/<n>) has begun draining connections on 2 tasks.',
    '(…) (deployment ecs-svc/<n>) deployment completed.',
    '(…) has reached a steady state.',
  ]);
  const [steady, completed] = (await scene.service()).events ?? [];
  expect(required(steady?.createdAt).getTime() - required(completed?.createdAt).getTime()).toBe(1);
});

test('tasks that are not running yet are stopped as pending tasks', async () => {
  const scene = await serviceScene('runs', { desiredCount: 1 });
  scene.pass(120);
  const known = await countEvents(scene);
  await scene.update({ desiredCount: 4 });
  scene.pass(6);
  await scene.update({ desiredCount: 1 });
  scene.pass(6);
  expect(await eventsSince(scene, known)).toEqual([
    '(…) has started 3 tasks: (task <task>) (task <task>) (task <task>).',
    '(…) stopped 3 pending tasks.',
  ]);
});

test('an unhealthy task that exits before it is stopped counts once', async () => {
  const scene = await serviceScene('runs', { desiredCount: 1 });
  scene.pass(120);
  const [task] = scene.region.ecs.tasks.all();
  failHealthChecks(scene.region, task?.privateIp ?? '', 5000);
  await scene.service();
  recordContainerExit(scene.region, required(task?.taskArn), 'api1', 1);
  scene.pass(6);
  expect((await scene.service()).deployments).toMatchObject([{ failedTasks: 1 }]);
});

test.each([
  ['is set to 0', {}, 1],
  ['keeps counting', { resetOnHealthyTask: false }, 2],
])('when a task becomes healthy, the count of failed tasks %s', async (_, extra, expected) => {
  const deploymentCircuitBreaker = { enable: true, rollback: true, ...extra };
  const scene = await serviceScene('runs', { deploymentConfiguration: { deploymentCircuitBreaker } });
  for (let round = 0; round < 2; round += 1) {
    scene.pass(46);
    const task = scene.region.ecs.tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING')[0];
    recordContainerExit(scene.region, required(task?.taskArn), 'api1', 1);
    await scene.update({ forceNewDeployment: false });
  }
  scene.pass(1);
  expect((await scene.service()).deployments?.[0]?.failedTasks).toBe(expected);
});
