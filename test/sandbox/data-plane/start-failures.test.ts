// A task that cannot start fails with ECS's messages, at the step at which it fails on AWS.
import { RevokeSecurityGroupEgressCommand } from '@aws-sdk/client-ec2';
import { DeleteLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { Task } from '@aws-sdk/client-ecs';
import {
  DetachRolePolicyCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { expect, test } from '@jest/globals';
import { manualClock } from '../../../sandbox/world/clock.ts';
import { EXECUTION_POLICY, taskScene } from './task-scene.ts';

type Scene = Awaited<ReturnType<typeof taskScene>>;

const PROGRAM = `console.log('running')`;
const PULL = ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];
const LOGS = ['logs:CreateLogStream', 'logs:PutLogEvents'];
const SIGN_IN = 'ecr:GetAuthorizationToken';

async function sceneWithImage(): Promise<Scene> {
  const scene = await taskScene();
  await scene.push(PROGRAM, 'v1');
  return scene;
}

/** Limits the role of the tasks to some actions. */
async function permit({ iam }: Scene, Action: readonly string[]): Promise<void> {
  await iam.send(new DetachRolePolicyCommand({ RoleName: 'task', PolicyArn: EXECUTION_POLICY }));
  const Statement = { Effect: 'Allow', Action, Resource: '*' };
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
  await iam.send(new PutRolePolicyCommand({ RoleName: 'task', PolicyName: 'some', PolicyDocument }));
}

const idOf = ({ taskArn }: Task): string => taskArn?.split('/').at(-1) ?? '';
const denied = (task: Task, action: string, resource: string) =>
  `api error AccessDeniedException: User: arn:aws:sts::000000000000:assumed-role/task/${idOf(task)} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`;
/** Replaces the ids of requests. */
const reasonOf = ({ stoppedReason }: Task): string | undefined =>
  stoppedReason?.replace(/RequestID: [\w-]+/, 'RequestID: <id>');
const deleteLogGroup = ({ logs }: Scene) => logs.send(new DeleteLogGroupCommand({ logGroupName: '/web' }));

test('without the permission to sign in, the task fails before its image is pulled, even if the image is missing', async () => {
  const scene = await sceneWithImage();
  await permit(scene, [...PULL, ...LOGS]);
  const task = await scene.waitForStop(await scene.run({ web: { tag: 'gone' } }));
  expect(task).toMatchObject({ stopCode: 'TaskFailedToStart', pullStartedAt: expect.any(Date) });
  expect(task.startedAt).toBeUndefined();
  expect(reasonOf(task)).toBe(
    'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been retried 1 time(s): ' +
      `operation error ECR: GetAuthorizationToken, https response error StatusCode: 400, RequestID: <id>, ${denied(task, SIGN_IN, '*')}`,
  );
});

test('a permissions boundary limits the execution role, too', async () => {
  const scene = await sceneWithImage();
  const PermissionsBoundary = 'arn:aws:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers';
  await scene.iam.send(new PutRolePermissionsBoundaryCommand({ RoleName: 'task', PermissionsBoundary }));
  const task = await scene.waitForStop(await scene.run({ web: {} }));
  expect(task.stoppedReason).toMatch(
    /^ResourceInitializationError: unable to pull secrets or registry auth: .* is not authorized to perform: ecr:GetAuthorizationToken on resource: \* because no permissions boundary allows the ecr:GetAuthorizationToken action$/,
  );
});

test('without the permission to pull, the task fails before its log group is missed', async () => {
  const scene = await sceneWithImage();
  await permit(scene, [SIGN_IN, ...LOGS]);
  await deleteLogGroup(scene);
  const task = await scene.waitForStop(await scene.run({ web: {} }));
  expect(task).toMatchObject({ stopCode: 'TaskFailedToStart', containers: [{ reason: task.stoppedReason }] });
  expect(task.stoppedReason).toMatch(
    /^CannotPullContainerError: pull image manifest has been retried 1 time\(s\): failed to resolve ref .*\/web:v1.*: pulling from host 000000000000\.dkr\.ecr\.eu-west-1\.amazonaws\.com failed with status code \[manifests .*\]: 403 Forbidden$/,
  );
});

test('without the permission to create a log stream, the container does not start', async () => {
  const scene = await sceneWithImage();
  await permit(scene, [SIGN_IN, ...PULL]);
  const task = await scene.waitForStop(await scene.run({ web: {} }));
  const stream = `arn:aws:logs:eu-west-1:000000000000:log-group:/web:log-stream:web/web/${idOf(task)}`;
  expect(reasonOf(task)).toBe(
    'ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ' +
      `operation error CloudWatch Logs: CreateLogStream, https response error StatusCode: 400, RequestID: <id>, ${denied(task, 'logs:CreateLogStream', stream)} : exit status 1`,
  );
});

test('without the permission to write to the log stream, the task runs and its lines are lost', async () => {
  const scene = await sceneWithImage();
  await permit(scene, [SIGN_IN, ...PULL, 'logs:CreateLogStream']);
  const task = await scene.waitForStop(await scene.run({ web: {} }));
  expect(task).toMatchObject({ stopCode: 'EssentialContainerExited', containers: [{ exitCode: 0 }] });
  expect(scene.region.logs.streams.all()).toMatchObject([{ events: [] }]);
});

test('a missing log group prevents the start, unless the log driver may create it', async () => {
  const scene = await sceneWithImage();
  await deleteLogGroup(scene);
  const failed = await scene.waitForStop(await scene.run({ web: {} }));
  expect(failed.stoppedReason).toBe(
    'ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist. : exit status 1',
  );
  const options = {
    'awslogs-group': '/new',
    'awslogs-region': 'eu-west-1',
    'awslogs-stream-prefix': 'web',
    'awslogs-create-group': 'true',
  };
  const logConfiguration = { logDriver: 'awslogs' as const, options };
  const denial = await scene.waitForStop(await scene.run({ web: { logConfiguration } }));
  expect(denial.stoppedReason).toMatch(
    /failed to create Cloudwatch log group: operation error CloudWatch Logs: CreateLogGroup, .* is not authorized to perform: logs:CreateLogGroup on resource: arn:aws:logs:eu-west-1:000000000000:log-group:\/new:log-stream: because/,
  );
  await permit(scene, ['*']);
  await scene.waitForStop(await scene.run({ web: { logConfiguration } }));
  expect(scene.lines()).toEqual(['running']);
});

test('the log stream exists as soon as the container has started, even if it writes nothing', async () => {
  const scene = await taskScene();
  await scene.push('process.exit(1)', 'v1');
  const task = await scene.waitForStop(await scene.run({ web: {} }));
  expect(scene.region.logs.streams.all()).toMatchObject([
    { logStreamName: `web/web/${idOf(task)}`, events: [] },
  ]);
});

test.each([
  ['a program that is not in the PATH', ['nodee'], 'exec: "nodee": executable file not found in $PATH'],
  ['a file that does not exist', ['/app/run'], 'exec: "/app/run": stat /app/run: no such file or directory'],
])('%s prevents the start, with the reason at the container', async (_, command, why) => {
  const scene = await sceneWithImage();
  const task = await scene.waitForStop(await scene.run({ web: { entryPoint: command } }));
  expect(task).toMatchObject({
    stopCode: 'TaskFailedToStart',
    stoppedReason: 'Task failed to start',
    containers: [
      {
        name: 'web',
        reason: `CannotStartContainerError: ResourceInitializationError: failed to create new container runtime task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ${why}: unknown`,
      },
    ],
  });
  expect(task.containers?.[0]?.exitCode).toBeUndefined();
});

/** Starts a task at AWS's pace on a manual clock. @returns the seconds from the start of the pull to the stop, and the task */
async function secondsToFail(prepare: (scene: Scene) => Promise<unknown>, tag: string) {
  const clock = manualClock();
  const scene = await taskScene({ clock, pace: 1 });
  await scene.push(PROGRAM, 'v1');
  await prepare(scene);
  const arn = await scene.run({ web: { tag } });
  const row = scene.region.ecs.tasks.get(arn);
  for (let step = 0; step < 700 && row?.stoppingAt === undefined; step += 1) {
    clock.advance(500);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { pullStartedAt, stoppingAt } = row ?? {};
  return {
    scene,
    task: row,
    seconds: ((stoppingAt?.getTime() ?? 0) - (pullStartedAt?.getTime() ?? 0)) / 1000,
  };
}

test('a missing image is retried inside the task for about a minute', async () => {
  const { task, seconds } = await secondsToFail(async () => undefined, 'gone');
  expect(task?.stoppedReason).toMatch(/has been retried 7 time\(s\).*: not found$/);
  expect(seconds).toBeGreaterThanOrEqual(60);
  expect(seconds).toBeLessThan(70);
});

test('an image that appears during the retries is pulled', async () => {
  const clock = manualClock();
  const scene = await taskScene({ clock, pace: 1 });
  const arn = await scene.run({ web: { tag: 'late' } });
  const pass = async (seconds: number) => {
    for (let second = 0; second < seconds; second += 1) {
      clock.advance(1_000);
      // The data plane reports its outcome later than the clock.
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  await pass(40);
  expect(scene.region.ecs.tasks.get(arn)).toMatchObject({
    lastStatus: 'PENDING',
    pullStartedAt: expect.any(Date),
  });
  await scene.push(PROGRAM, 'late');
  await pass(60);
  while (scene.lines().length === 0) await new Promise((resolve) => setImmediate(resolve));
  expect(scene.lines()).toEqual(['running']);
});

test('without a route to ECR, the task fails after four and a half minutes', async () => {
  const { task, seconds } = await secondsToFail(async ({ ec2, group }) => {
    const IpPermissions = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];
    await ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId: group, IpPermissions }));
  }, 'v1');
  expect(task?.stoppedReason).toMatch(
    /^ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth from Amazon ECR: .* dial tcp 52\.94\.0\.1:443: i\/o timeout \(sandbox: no security group of sg-\w+ allows tcp 443 out\)$/,
  );
  expect(seconds).toBeGreaterThanOrEqual(270);
  expect(seconds).toBeLessThan(275);
});
