// Task protection in the sandbox: a protected task survives scaling in and deployments until the protection ends.
import {
  GetTaskProtectionCommand,
  RunTaskCommand,
  UpdateTaskProtectionCommand,
  type UpdateTaskProtectionCommandInput,
} from '@aws-sdk/client-ecs';
import { expect, test } from '@jest/globals';
import { manualClock } from '../../../../sandbox/world/clock.ts';
import { refusalOf } from '../../harness.ts';
import { scriptedPlane } from './plane.ts';
import { balancedAccount, calls, required } from './scene.ts';

const UNKNOWN_ID = '0123456789abcdef0123456789abcdef';

async function protectionScene() {
  const clock = manualClock();
  const scene = await balancedAccount({ clock, pace: 1, plane: scriptedPlane() });
  const { ecs } = scene;
  const { create, update, tasks } = calls(ecs);
  await create(scene.serviceInput({ desiredCount: 2, loadBalancers: [] }));
  const settle = () => {
    for (let second = 0; second < 300; second += 5) clock.advance(5000);
  };
  settle();
  const arns = async () => (await tasks()).map(({ taskArn }) => required(taskArn));
  const protect = (input: Partial<UpdateTaskProtectionCommandInput>) =>
    ecs.send(
      new UpdateTaskProtectionCommand({ cluster: 'main', tasks: [], protectionEnabled: true, ...input }),
    );
  const getProtection = (named?: string[]) =>
    ecs.send(new GetTaskProtectionCommand({ cluster: 'main', tasks: named }));
  return { ...scene, clock, update, settle, arns, protect, getProtection };
}

test('scaling in stops no protected task until its protection ends', async () => {
  const { update, settle, arns, protect, clock, getProtection } = await protectionScene();
  const [first, second] = await arns();
  await protect({ tasks: [required(first), required(second)], expiresInMinutes: 60 });
  await update({ desiredCount: 0 });
  settle();
  expect(await arns()).toEqual([first, second]);
  await protect({ tasks: [required(second)], protectionEnabled: false });
  settle();
  expect(await arns()).toEqual([first]);
  clock.advance(3_600_000);
  settle();
  expect(await arns()).toEqual([]);
  expect((await getProtection()).protectedTasks).toEqual([]);
});

test('scaling in stops another task instead of a protected one', async () => {
  const { update, settle, arns, protect } = await protectionScene();
  const [, newest] = await arns();
  await protect({ tasks: [required(newest)] });
  await update({ desiredCount: 1 });
  settle();
  expect(await arns()).toEqual([newest]);
});

test('a deployment keeps a protected task, and is not completed until the protection ends', async () => {
  const { update, settle, arns, protect, ecs } = await protectionScene();
  const [first] = await arns();
  await protect({ tasks: [required(first)] });
  await update({ forceNewDeployment: true });
  settle();
  expect(await arns()).toContain(first);
  expect(await arns()).toHaveLength(3);
  const { service } = calls(ecs);
  expect((await service()).deployments?.[0]?.rolloutState).toBe('IN_PROGRESS');
  await protect({ tasks: [required(first)], protectionEnabled: false });
  settle();
  expect(await arns()).not.toContain(first);
  expect((await service()).deployments?.[0]?.rolloutState).toBe('COMPLETED');
});

test('a protection lasts two hours by default, and can be described', async () => {
  const { arns, protect, getProtection, clock, ecs, taskInput } = await protectionScene();
  const [first, second] = await arns();
  const { protectedTasks } = await protect({ tasks: [required(first)] });
  const expirationDate = new Date(clock.now() + 7_200_000);
  expect(protectedTasks).toEqual([{ taskArn: first, protectionEnabled: true, expirationDate }]);
  const { tasks: [single] = [] } = await ecs.send(new RunTaskCommand(taskInput));
  const named = [required(first), required(second), required(single?.taskArn), UNKNOWN_ID];
  expect(await getProtection(named)).toMatchObject({
    protectedTasks: [
      { taskArn: first, protectionEnabled: true, expirationDate },
      { taskArn: second, protectionEnabled: false },
    ],
    failures: [
      { arn: single?.taskArn, reason: 'TASK_NOT_VALID' },
      { arn: expect.stringContaining(UNKNOWN_ID), reason: 'MISSING' },
    ],
  });
});

test.each<Partial<UpdateTaskProtectionCommandInput>>([
  { tasks: [] },
  { tasks: Array.from({ length: 11 }, () => UNKNOWN_ID) },
  { tasks: [UNKNOWN_ID], expiresInMinutes: 0 },
  { tasks: [UNKNOWN_ID], expiresInMinutes: 2881 },
])('%j is refused', async (input) => {
  const { protect } = await protectionScene();
  expect((await refusalOf(protect(input))).code).toBe('InvalidParameterException');
});
