// CloudWatch alarms of a deployment: they make it fail and roll it back, also during its bake time, unless they began in ALARM.
import type { DeploymentConfiguration } from '@aws-sdk/client-ecs';
import { PutMetricAlarmCommand, SetAlarmStateCommand, type StateValue } from '@aws-sdk/client-cloudwatch';
import { expect, test } from '@jest/globals';
import { alarmSettings } from '../cloudwatch/scene.ts';
import { refusalOf } from '../../harness.ts';
import { CANNOT_PULL, serviceScene } from './deployment-scene.ts';
import { eventMessages } from './scene.ts';

const alarms = (rollback = true, enable = true): DeploymentConfiguration => ({
  alarms: { alarmNames: ['errors', 'unrelated'], enable, rollback },
});

/** Creates a service with alarms, waits until its first deployment has completed, and begins a second one. */
async function alarmedScene(deploymentConfiguration = alarms(), before: StateValue = 'OK') {
  const scene = await serviceScene('runs', { deploymentConfiguration });
  const { cloudwatch, pass } = scene;
  for (const AlarmName of ['errors', 'unrelated']) {
    await cloudwatch.send(
      new PutMetricAlarmCommand({
        AlarmName,
        ...alarmSettings,
        EvaluationPeriods: 2,
        TreatMissingData: 'ignore',
      }),
    );
  }
  const setState = (StateValue: StateValue) =>
    cloudwatch.send(new SetAlarmStateCommand({ AlarmName: 'errors', StateValue, StateReason: 'test' }));
  pass(300);
  await setState(before);
  return { ...scene, setState, arn: await scene.updateToSecond() };
}

test('an alarm that goes off during a deployment rolls it back', async () => {
  const { describe, service, pass, setState, arn } = await alarmedScene();
  pass(30);
  expect(await describe(arn)).toMatchObject({
    alarms: { status: 'MONITORING', alarmNames: ['errors', 'unrelated'] },
  });
  await setState('ALARM');
  pass(6);
  const during = await service();
  expect(during.taskDefinition).toMatch(/web:1$/);
  expect(eventMessages(during)).toEqual(
    expect.arrayContaining([
      '(service web) (deployment ecs-svc/<n>) deployment failed: alarm detected.',
      '(service web) rolling back to deployment ecs-svc/<n>.',
    ]),
  );
  pass(90);
  expect(await describe(arn)).toMatchObject({
    status: 'ROLLBACK_SUCCESSFUL',
    alarms: { status: 'TRIGGERED', triggeredAlarmNames: ['errors'] },
    deploymentCircuitBreaker: { status: 'DISABLED' },
  });
  expect(await service()).toMatchObject({ runningCount: 1, deployments: [{ rolloutState: 'COMPLETED' }] });
});

test('without rollback, an alarm stops the deployment, which starts no more tasks', async () => {
  const { describe, service, pass, setState, arn } = await alarmedScene(alarms(false));
  pass(2);
  await setState('ALARM');
  pass(90);
  expect(await describe(arn)).toMatchObject({ status: 'STOPPED', alarms: { status: 'TRIGGERED' } });
  expect((await service()).deployments).toMatchObject([{ rolloutState: 'FAILED' }, { runningCount: 1 }]);
});

test('alarms are ignored for a deployment if one of them is in ALARM when it starts', async () => {
  const { describe, pass, setState, arn } = await alarmedScene(alarms(), 'ALARM');
  pass(20);
  await setState('OK');
  pass(20);
  await setState('ALARM');
  pass(120);
  expect(await describe(arn)).toMatchObject({ status: 'SUCCESSFUL' });
});

test('disabled alarms never stop a deployment', async () => {
  const { describe, pass, setState, arn } = await alarmedScene(alarms(true, false));
  pass(5);
  await setState('ALARM');
  pass(120);
  expect(await describe(arn)).toMatchObject({ status: 'SUCCESSFUL', alarms: { status: 'DISABLED' } });
});

test.each([
  ['the time in which an alarm detects a failure', {}, 120],
  ['bakeTimeInMinutes', { bakeTimeInMinutes: 4 }, 240],
])('after the tasks are steady, a deployment bakes for %s', async (_, extra, seconds) => {
  const { describe, service, pass, setState, arn } = await alarmedScene({ ...alarms(), ...extra });
  pass(95);
  expect((await service()).deployments).toMatchObject([{ rolloutState: 'IN_PROGRESS', runningCount: 1 }]);
  pass(seconds - 30);
  expect(await describe(arn)).toMatchObject({
    status: 'IN_PROGRESS',
    targetServiceRevision: { runningTaskCount: 1 },
  });
  await setState('ALARM');
  pass(120);
  expect(await describe(arn)).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL' });
});

test('a deployment whose bake time passes quietly succeeds, and a bake time of 0 ends it at once', async () => {
  const { describe, list, pass, update, arn } = await alarmedScene();
  pass(95 + 130);
  expect(await describe(arn)).toMatchObject({
    status: 'SUCCESSFUL',
    alarms: { status: 'MONITORING_COMPLETE' },
  });
  await update({ forceNewDeployment: true, deploymentConfiguration: { bakeTimeInMinutes: 0 } });
  pass(95);
  expect((await list()).serviceDeployments?.[0]).toMatchObject({ status: 'SUCCESSFUL' });
});

test('of the circuit breaker and the alarms, the first one to detect a failure decides', async () => {
  const deploymentConfiguration = {
    ...alarms(false),
    deploymentCircuitBreaker: { enable: true, rollback: true },
  };
  const { describe, pass, updateToSecond } = await serviceScene(CANNOT_PULL, { deploymentConfiguration });
  pass(120);
  const arn = await updateToSecond();
  pass(250);
  expect(await describe(arn)).toMatchObject({
    status: 'ROLLBACK_SUCCESSFUL',
    deploymentCircuitBreaker: { status: 'TRIGGERED' },
    alarms: { status: 'MONITORING_COMPLETE' },
  });
});

test('enabled alarms need a name, and a bake time is at most a day', async () => {
  const { update } = await serviceScene();
  for (const deploymentConfiguration of [
    { alarms: { alarmNames: [], enable: true, rollback: true } },
    { bakeTimeInMinutes: 1441 },
    { bakeTimeInMinutes: -1 },
  ]) {
    expect(await refusalOf(update({ deploymentConfiguration }))).toMatchObject({
      code: 'InvalidParameterException',
    });
  }
});
