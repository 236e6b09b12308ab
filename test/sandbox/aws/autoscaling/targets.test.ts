// Registering, describing and deregistering the scalable targets of the sandbox's ECS services.
import {
  DeregisterScalableTargetCommand,
  DescribeScalableTargetsCommand,
  PutScheduledActionCommand,
  RegisterScalableTargetCommand,
  type DescribeScalableTargetsCommandInput,
  type RegisterScalableTargetCommandInput,
  type ScalableTarget,
} from '@aws-sdk/client-application-auto-scaling';
import { DeleteServiceCommand } from '@aws-sdk/client-ecs';
import { GetRoleCommand } from '@aws-sdk/client-iam';
import { expect, test } from '@jest/globals';
import { census } from '../../../../sandbox/census.ts';
import { World } from '../../../../sandbox/world/world.ts';
import { refusalOf } from '../../harness.ts';
import { balancedAccount, calls, isCompleted, until } from '../ecs/scene.ts';

const ID = 'service/main/web';
const webTarget = {
  ServiceNamespace: 'ecs',
  ResourceId: ID,
  ScalableDimension: 'ecs:service:DesiredCount',
} as const;

/** Creates services of two tasks each, and returns short names for the calls. */
async function scene(...names: string[]) {
  const started = await balancedAccount();
  const { ecs, autoscaling } = started;
  const { create, service } = calls(ecs);
  for (const serviceName of ['web', ...names]) await create(started.serviceInput({ serviceName }));
  return {
    ...started,
    desiredCount: async () => (await service()).desiredCount,
    register: (input: Partial<RegisterScalableTargetCommandInput> = {}) =>
      autoscaling.send(new RegisterScalableTargetCommand({ ...webTarget, ...input })),
    deregister: () => autoscaling.send(new DeregisterScalableTargetCommand(webTarget)),
    targets: async (input: Partial<DescribeScalableTargetsCommandInput> = {}): Promise<ScalableTarget[]> => {
      const command = new DescribeScalableTargetsCommand({ ServiceNamespace: 'ecs', ...input });
      return (await autoscaling.send(command)).ScalableTargets ?? [];
    },
  };
}

test('a registered scalable target is shown with the fields that AWS fills in', async () => {
  const { register, targets } = await scene();
  const { ScalableTargetARN } = await register({ MinCapacity: 1, MaxCapacity: 5 });
  expect(ScalableTargetARN).toMatch(
    /^arn:aws:application-autoscaling:eu-west-1:000000000000:scalable-target\/[0-9a-f]{36}$/,
  );
  expect(await targets({ ResourceIds: [ID], ScalableDimension: webTarget.ScalableDimension })).toEqual([
    {
      ...webTarget,
      ScalableTargetARN,
      MinCapacity: 1,
      MaxCapacity: 5,
      RoleARN:
        'arn:aws:iam::000000000000:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService',
      CreationTime: expect.any(Date),
      SuspendedState: {
        DynamicScalingInSuspended: false,
        DynamicScalingOutSuspended: false,
        ScheduledScalingSuspended: false,
      },
    },
  ]);
});

test('registering the first target creates the service-linked role for scaling', async () => {
  const { register, iam } = await scene();
  const role = new GetRoleCommand({ RoleName: 'AWSServiceRoleForApplicationAutoScaling_ECSService' });
  expect(await refusalOf(iam.send(role))).toMatchObject({ code: 'NoSuchEntity' });
  await register({ MinCapacity: 1, MaxCapacity: 5 });
  await register({ MinCapacity: 1, MaxCapacity: 6 });
  expect((await iam.send(role)).Role?.Path).toBe(
    '/aws-service-role/ecs.application-autoscaling.amazonaws.com/',
  );
});

test('a desired count outside the bounds moves to the nearest bound, and tasks start until they match the count', async () => {
  const account = await scene();
  const { register, desiredCount } = account;
  await register({ MinCapacity: 1, MaxCapacity: 5 });
  expect(await desiredCount()).toBe(2);
  await register({ MinCapacity: 3, MaxCapacity: 5 });
  expect(await desiredCount()).toBe(3);
  expect(await until(account, isCompleted)).toMatchObject({ runningCount: 3 });
  await register({ MinCapacity: 0, MaxCapacity: 1 });
  expect(await desiredCount()).toBe(1);
});

test('a repeated call keeps the settings that it omits, and moves a manually set count back into the bounds', async () => {
  const { register, targets, desiredCount, ecs } = await scene();
  const { ScalableTargetARN } = await register({ MinCapacity: 1, MaxCapacity: 5 });
  await register({ MaxCapacity: 4 });
  await register({ SuspendedState: { ScheduledScalingSuspended: true } });
  const [{ SuspendedState, ...target } = {} as ScalableTarget] = await targets();
  expect(target).toMatchObject({ ScalableTargetARN, MinCapacity: 1, MaxCapacity: 4 });
  expect(SuspendedState).toEqual({
    DynamicScalingInSuspended: false,
    DynamicScalingOutSuspended: false,
    ScheduledScalingSuspended: true,
  });
  await calls(ecs).update({ desiredCount: 9 });
  expect(await desiredCount()).toBe(9);
  await register();
  expect(await desiredCount()).toBe(4);
});

test('targets are listed in order of name, page by page, and can be selected by resource id', async () => {
  const { register, targets, autoscaling } = await scene('api', 'jobs');
  const bounds = { MinCapacity: 1, MaxCapacity: 5 };
  for (const name of ['web', 'jobs', 'api'])
    await register({ ...bounds, ResourceId: `service/main/${name}` });
  const names = (found: ScalableTarget[]) => found.map(({ ResourceId }) => ResourceId?.split('/').at(-1));
  expect(names(await targets())).toEqual(['api', 'jobs', 'web']);
  expect(names(await targets({ ResourceIds: [ID, 'service/main/none'] }))).toEqual(['web']);
  expect(await targets({ ServiceNamespace: 'dynamodb' })).toEqual([]);
  const page = (NextToken?: string) =>
    autoscaling.send(
      new DescribeScalableTargetsCommand({ ServiceNamespace: 'ecs', MaxResults: 2, NextToken }),
    );
  const first = await page();
  expect(names(first.ScalableTargets ?? [])).toEqual(['api', 'jobs']);
  const last = await page(first.NextToken);
  expect([names(last.ScalableTargets ?? []), last.NextToken]).toEqual([['web'], undefined]);
  expect(await refusalOf(page('none'))).toMatchObject({ code: 'InvalidNextTokenException' });
});

test('deregistering a target removes it, keeps the desired count, and cannot be repeated', async () => {
  const { register, deregister, targets, desiredCount } = await scene();
  await register({ MinCapacity: 3, MaxCapacity: 5 });
  await deregister();
  expect(await targets()).toEqual([]);
  expect(await desiredCount()).toBe(3);
  expect(await refusalOf(deregister())).toEqual({
    code: 'ObjectNotFoundException',
    message: `No scalable target found for service namespace: ecs, resource ID: ${ID}, scalable dimension: ecs:service:DesiredCount`,
  });
});

test('a target is counted in the census until it is deleted together with its service', async () => {
  const { register, targets, ecs, world } = await scene();
  await register({ MinCapacity: 1, MaxCapacity: 5 });
  expect(census(world)).toMatchObject({ 'autoscaling.targets': 1 });
  await ecs.send(new DeleteServiceCommand({ cluster: 'main', service: 'web', force: true }));
  expect(await targets()).toEqual([]);
  expect(census(world)).not.toHaveProperty('autoscaling.targets');
  expect(await refusalOf(register({ MinCapacity: 1, MaxCapacity: 5 }))).toMatchObject({
    message: `ECS service doesn't exist: ${ID}`,
  });
});

test('a target is part of the saved world', async () => {
  const { register, world } = await scene();
  await register({ MinCapacity: 1, MaxCapacity: 5 });
  const other = new World();
  other.restore(world.snapshot());
  expect(other.region('eu-west-1').autoscaling.targets.get(ID)).toMatchObject({ MaxCapacity: 5 });
  other.reset();
  expect(other.region('eu-west-1').autoscaling.targets.size).toBe(0);
});

const bounds = { MinCapacity: 1, MaxCapacity: 5 };
const unsupported = 'Unsupported service namespace, resource type or scalable dimension';
test.each<[string, object, string]>([
  [
    'an unknown service',
    { ...bounds, ResourceId: 'service/main/no' },
    "ECS service doesn't exist: service/main/no",
  ],
  [
    'an unknown cluster',
    { ...bounds, ResourceId: 'service/no/web' },
    "ECS service doesn't exist: service/no/web",
  ],
  ['a resource id that is not a service', { ...bounds, ResourceId: 'web' }, unsupported],
  [
    'a dimension of another AWS service',
    { ...bounds, ScalableDimension: 'rds:cluster:ReadReplicaCount' },
    unsupported,
  ],
  ['no minimum for a new target', { MaxCapacity: 5 }, 'Minimum capacity must be specified'],
  ['no maximum for a new target', { MinCapacity: 1 }, 'Maximum capacity must be specified'],
  ['a negative minimum', { MinCapacity: -1, MaxCapacity: 5 }, 'Minimum capacity cannot be less than 0'],
  [
    'a maximum below the minimum',
    { MinCapacity: 6, MaxCapacity: 5 },
    'Maximum capacity cannot be less than minimum capacity',
  ],
])('a register call with %s is refused', async (_what, input, message) => {
  const { register, targets, desiredCount } = await scene();
  expect(await refusalOf(register(input))).toEqual({ code: 'ValidationException', message });
  expect(await targets()).toEqual([]);
  expect(await desiredCount()).toBe(2);
});

test('values that AWS does not allow are refused', async () => {
  const { register, targets } = await scene();
  const wrong = register({ ...bounds, ScalableDimension: 'ecs:service:Mood' as never });
  expect((await refusalOf(wrong)).message).toMatch(
    /^1 validation error detected: Value 'ecs:service:Mood' at 'scalableDimension' failed to satisfy constraint: Member must satisfy enum value set: \[.*ecs:service:DesiredCount.*\]$/,
  );
  expect(await refusalOf(targets({ ServiceNamespace: 'moods' as never }))).toMatchObject({
    code: 'ValidationException',
  });
  expect(await refusalOf(targets({ ScalableDimension: webTarget.ScalableDimension }))).toMatchObject({
    code: 'ValidationException',
  });
  expect(await refusalOf(targets({ MaxResults: 0 }))).toMatchObject({ code: 'ValidationException' });
});

test('calls and members that the sandbox does not support are refused as not implemented', async () => {
  const { register, autoscaling } = await scene();
  const table = {
    ServiceNamespace: 'dynamodb',
    ResourceId: 'table/orders',
    ScalableDimension: 'dynamodb:table:ReadCapacityUnits',
  } as const;
  for (const call of [
    register({ ...bounds, ...table }),
    autoscaling.send(new PutScheduledActionCommand({ ...webTarget, ScheduledActionName: 'night' })),
  ]) {
    expect(await refusalOf(call)).toMatchObject({ code: 'NotImplemented' });
  }
});
