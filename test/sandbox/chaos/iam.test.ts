// A new role exists immediately, but other services learn of the role later, each at a different time.
import * as ECS from '@aws-sdk/client-ecs';
import { CreateRoleCommand, DeleteRoleCommand, GetRoleCommand } from '@aws-sdk/client-iam';
import { describe, expect, test } from '@jest/globals';
import type { Pace } from '../../../sandbox/world/durations.ts';
import { manualClock } from '../../../sandbox/world/clock.ts';
import { balancedAccount, calls, eventMessages, required, twoContainerTask } from '../aws/ecs/scene.ts';
import { makeRole, trustPolicy } from '../aws/iam/making.ts';
import { resultOf, SECOND } from './scene.ts';

const LAG = { iamLagMs: 15 * SECOND };

/** Creates an account in which services can start, in weather where new roles propagate with a lag. */
async function laggingScene(pace: Pace = 1) {
  const clock = manualClock();
  const scene = await balancedAccount({ clock, pace });
  const { create, service } = calls(scene.ecs);
  scene.chaos.adjust(LAG);
  const newRole = async (name = 'new') => required((await makeRole(scene.iam, name)).Role?.Arn);
  const register = (arn: string) =>
    scene.ecs.send(new ECS.RegisterTaskDefinitionCommand({ ...twoContainerTask(arn), family: 'new' }));
  return { ...scene, clock, create, currentService: service, newRole, register };
}

test('a new role is found immediately but cannot be passed to ECS until the lag is over', async () => {
  const { iam, newRole, register, clock, chaos } = await laggingScene();
  const arn = await newRole();
  expect(await resultOf(iam.send(new GetRoleCommand({ RoleName: 'new' })))).toBe('ok');
  await expect(register(arn)).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: `User: arn:aws:iam::000000000000:user/sandbox is not authorized to perform: iam:PassRole on resource: ${arn} because no identity-based policy allows the iam:PassRole action`,
    $metadata: { httpStatusCode: 400 },
  });
  clock.advance(LAG.iamLagMs);
  expect(await resultOf(register(arn))).toBe('ok');

  chaos.adjust({ iamLagMs: 0 });
  expect(await resultOf(register(await newRole('another')))).toBe('ok');
});

test('CreateService, RunTask and UpdateService each check whether the role can be passed', async () => {
  const { ecs, newRole, register, create, serviceInput, networkConfiguration, chaos, clock } =
    await laggingScene();
  const arn = await newRole();
  chaos.adjust({ iamLagMs: 0 });
  await register(arn);
  await create(serviceInput({ desiredCount: 0 }));
  chaos.adjust(LAG);
  const input = serviceInput({ serviceName: 'new', taskDefinition: 'new' });
  const run = {
    cluster: 'main',
    taskDefinition: 'new',
    launchType: 'FARGATE',
    networkConfiguration,
  } as const;
  const uses = [
    () => create(input),
    () => ecs.send(new ECS.RunTaskCommand(run)),
    () => ecs.send(new ECS.UpdateServiceCommand({ cluster: 'main', service: 'web', taskDefinition: 'new' })),
  ];
  for (const use of uses) expect(await resultOf(use())).toBe('AccessDeniedException');
  clock.advance(LAG.iamLagMs);
  for (const use of uses) expect(await resultOf(use())).toBe('ok');
});

describe('a task whose role ECS cannot assume yet', () => {
  test('makes the service report the failure once, and is started again later', async () => {
    const { chaos, newRole, register, create, serviceInput, currentService, clock } = await laggingScene();
    chaos.adjust({ iamLagMs: 0 });
    await register(await newRole());
    const { service: made } = await create(serviceInput({ taskDefinition: 'new' }));
    expect(made).toMatchObject({ status: 'ACTIVE' });
    chaos.adjust({ iamLagMs: 60 * SECOND, seed: 'late' });
    clock.advance(5 * SECOND);
    expect(eventMessages(await currentService())).toEqual([
      expect.stringMatching(/failed to launch a task with \(error ECS was unable to assume the role/),
    ]);
    expect(await currentService()).toMatchObject({ runningCount: 0, deployments: [{ failedTasks: 1 }] });
    for (let second = 0; second < 150; second += 1) clock.advance(SECOND);
    expect(await currentService()).toMatchObject({ runningCount: 2 });
  });

  test('does not trip the circuit breaker of an instant sandbox, even when its service is described repeatedly', async () => {
    const { chaos, newRole, register, create, serviceInput, currentService, clock } =
      await laggingScene('instant');
    chaos.adjust({ iamLagMs: 0 });
    await register(await newRole());
    const deploymentConfiguration = { deploymentCircuitBreaker: { enable: true, rollback: false } };
    await create(serviceInput({ taskDefinition: 'new', deploymentConfiguration, desiredCount: 1 }));
    chaos.adjust({ iamLagMs: 100 * SECOND });
    for (let attempt = 0; attempt < 5; attempt += 1) await currentService();
    expect((await currentService()).deployments).toMatchObject([
      { rolloutState: 'IN_PROGRESS', failedTasks: 1 },
    ]);
    clock.advance(100 * SECOND);
    await currentService();
    expect(await currentService()).toMatchObject({ runningCount: 1 });
  });
});

test('a trust policy cannot name a role that was just created or recreated', async () => {
  const { iam, newRole, clock } = await laggingScene();
  const AWS = await newRole();
  const use = (RoleName: string) =>
    iam.send(
      new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trustPolicy({ Principal: { AWS } }) }),
    );
  await expect(use('one')).rejects.toMatchObject({
    Code: 'MalformedPolicyDocument',
    message: `Invalid principal in policy: "AWS":"${AWS}"`,
  });
  clock.advance(LAG.iamLagMs);
  expect(await resultOf(use('two'))).toBe('ok');

  await iam.send(new DeleteRoleCommand({ RoleName: 'new' }));
  await newRole();
  expect(await resultOf(use('three'))).toBe('MalformedPolicyDocument');
});
