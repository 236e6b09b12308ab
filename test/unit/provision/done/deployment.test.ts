// The interpretation of ECS's descriptions of a deployment.
import type { Deployment, Service as EcsService, ServiceDeployment } from '@aws-sdk/client-ecs';
import { describe, expect, test } from '@jest/globals';
import { failed, pending, ready } from '../../../../lib/engine/until.ts';
import {
  deploymentState,
  needsRecord,
  withId,
  type FollowedDeployment,
} from '../../../../provision/done/deployment.ts';
import {
  dateAt,
  BREAKER_MESSAGE,
  NEW_DEFINITION,
  OLD_DEFINITION,
  primaryDeployment,
  service,
} from '../deployments.ts';

const followed: FollowedDeployment = {
  id: 'ecs-svc/2',
  createdAt: dateAt(10),
  taskDefinitionArn: NEW_DEFINITION,
  wasSeen: false,
};
const state = (...deployments: Deployment[]) => deploymentState(service(...deployments), followed);
/** The deployment of the previous version, which is primary unless `more` says otherwise. */
const oldDeployment = (more: Deployment = {}): Deployment => ({
  id: 'ecs-svc/1',
  status: 'PRIMARY',
  taskDefinition: OLD_DEFINITION,
  rolloutState: 'COMPLETED',
  createdAt: dateAt(1),
  ...more,
});
const record = (status: ServiceDeployment['status'], statusReason?: string): ServiceDeployment => ({
  status,
  statusReason,
});
const BREAKER_REASON = 'Service deployment rolled back because the circuit breaker threshold was exceeded.';

describe('a deployment that ECS is carrying out', () => {
  test('a deployment is ready when it is primary and completed', () => {
    expect(state(primaryDeployment('COMPLETED'), oldDeployment({ status: 'ACTIVE' }))).toEqual(
      ready(undefined),
    );
  });

  test.each<[string, Deployment, string]>([
    ['nothing runs yet', {}, '0/1 running'],
    ['tasks start', { pendingCount: 1 }, '0/1 running, 1 starting'],
    ['some run', { runningCount: 1, desiredCount: 3, pendingCount: 2 }, '1/3 running, 2 starting'],
    ['some failed', { failedTasks: 2 }, '0/1 running, 2 failed'],
  ])('a deployment in progress is pending, with its task counts: %s', (_what, counts, note) => {
    expect(state(primaryDeployment('IN_PROGRESS', counts))).toEqual(pending(note));
  });

  test('the note also counts the tasks of the previous version, and names the stage and the alarms', () => {
    const both = service(
      primaryDeployment('IN_PROGRESS', { runningCount: 1 }),
      oldDeployment({ status: 'ACTIVE', runningCount: 2 }),
    );
    expect(deploymentState(both, followed)).toEqual(pending('1/1 running, 2 old running'));
    const inBake: ServiceDeployment = {
      status: 'IN_PROGRESS',
      lifecycleStage: 'BAKE_TIME',
      alarms: { triggeredAlarmNames: ['errors'] },
    };
    expect(deploymentState(both, followed, inBake)).toEqual(
      pending('stage bake time, 1/1 running, 2 old running, alarm errors'),
    );
  });

  test('a deployment is pending while ECS does not show its service', () => {
    expect(deploymentState(undefined, followed)).toEqual(pending('the service is not visible yet'));
    expect(state()).toEqual(pending('the deployment is not visible yet'));
  });

  test('a first deployment has failed when ECS reports it as failed', () => {
    expect(state(primaryDeployment('FAILED', { rolloutStateReason: BREAKER_MESSAGE }))).toEqual(
      failed(BREAKER_MESSAGE),
    );
    expect(state(primaryDeployment('FAILED'))).toEqual(failed('the deployment failed'));
    const noCandidate = record('ROLLBACK_FAILED', 'No rollback candidate was found to run the rollback.');
    expect(
      deploymentState(
        service(primaryDeployment('FAILED', { rolloutStateReason: BREAKER_MESSAGE })),
        followed,
        noCandidate,
      ),
    ).toEqual(failed(`${noCandidate.statusReason}\n${BREAKER_MESSAGE}`));
  });

  test('a deployment that someone has stopped has failed, even while it is still primary', () => {
    const inProgress = service(primaryDeployment('IN_PROGRESS'));
    expect(deploymentState(inProgress, followed, record('ROLLBACK_REQUESTED', 'A user stopped it.'))).toEqual(
      failed('A user stopped it.'),
    );
    expect(deploymentState(inProgress, followed, record('STOP_REQUESTED'))).toEqual(
      failed('the deployment is STOP_REQUESTED'),
    );
  });

  test('the failure of another deployment of the same task definition is ignored', () => {
    const earlier = primaryDeployment('FAILED', { id: 'ecs-svc/1', status: 'ACTIVE', createdAt: dateAt(1) });
    expect(state(earlier, primaryDeployment('IN_PROGRESS'))).toEqual(pending('0/1 running'));
  });

  test('a deployment has failed if someone else deletes its service', () => {
    const leaving = { ...service(primaryDeployment('COMPLETED')), status: 'DRAINING' };
    expect(deploymentState(leaving, followed)).toEqual(
      failed('the service is DRAINING: someone else is deleting it'),
    );
  });
});

describe('a deployment that is not primary at the first look', () => {
  const ROLLED_BACK = 'ECS rolled back to shop-dev-web:1.';

  test('it is pending while ECS still shows only the previous deployment, whatever its state', () => {
    for (const rolloutState of ['COMPLETED', 'FAILED', 'IN_PROGRESS'] as const) {
      const stale = service(oldDeployment({ rolloutState }));
      expect(deploymentState(stale, followed)).toEqual(pending('the deployment is not visible yet'));
      expect(deploymentState(stale, followed, record('IN_PROGRESS'))).toEqual(
        pending('the deployment is not visible yet'),
      );
    }
  });

  test.each<[string, EcsService, ServiceDeployment | undefined, string]>([
    [
      'its record',
      service(oldDeployment()),
      record('ROLLBACK_SUCCESSFUL', BREAKER_REASON),
      `${BREAKER_REASON}\n${ROLLED_BACK}`,
    ],
    [
      "ECS's message",
      {
        ...service(oldDeployment()),
        events: [
          { id: '1', message: '(service web) (deployment ecs-svc/2) deployment failed: alarm detected.' },
        ],
      },
      undefined,
      `deployment failed: alarm detected.\n${ROLLED_BACK}`,
    ],
    [
      'its failed entry',
      service(
        oldDeployment(),
        primaryDeployment('FAILED', { status: 'ACTIVE', rolloutStateReason: BREAKER_MESSAGE }),
      ),
      undefined,
      `${BREAKER_MESSAGE}\n${ROLLED_BACK}`,
    ],
    [
      'the reason of the restored deployment, which keeps its old id and creation time',
      service(
        oldDeployment({
          updatedAt: dateAt(20),
          rolloutStateReason: 'ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/1.',
        }),
      ),
      undefined,
      ROLLED_BACK,
    ],
  ])('it has failed at once if %s shows that it was rolled back', (_what, shown, itsRecord, reason) => {
    expect(deploymentState(shown, followed, itsRecord)).toEqual(failed(reason));
  });

  test('an earlier rollback is not taken for a rollback of this deployment', () => {
    const earlierRollback = oldDeployment({
      updatedAt: dateAt(5),
      rolloutStateReason: 'ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/1.',
    });
    expect(state(earlierRollback)).toEqual(pending('the deployment is not visible yet'));
  });

  test('it has failed at once if the update of someone else has taken its place', () => {
    const OTHERS = 'Another update of the service replaced it with shop-dev-web:3.';
    const newer = oldDeployment({
      id: 'ecs-svc/3',
      taskDefinition: OLD_DEFINITION.replace(/1$/, '3'),
      createdAt: dateAt(20),
    });
    expect(state(newer)).toEqual(failed(OTHERS));
    expect(state(newer, primaryDeployment('IN_PROGRESS', { status: 'ACTIVE' }))).toEqual(failed(OTHERS));
    for (const status of ['STOP_REQUESTED', 'STOPPED', 'SUCCESSFUL'] as const)
      expect(deploymentState(service(newer), followed, record(status))).toEqual(failed(OTHERS));
  });

  test('without a record, a deployment that ECS has shown before and no longer shows has failed', () => {
    expect(deploymentState(service(oldDeployment()), { ...followed, wasSeen: true })).toEqual(
      failed('ECS no longer shows the deployment. It shows a deployment of shop-dev-web:1 instead.'),
    );
  });
});

describe('the deployment of a run that started none', () => {
  const unknown = { ...followed, id: undefined, createdAt: undefined };

  test('the primary deployment is followed if it is one of the desired task definition', () => {
    expect(withId(service(primaryDeployment('COMPLETED')), unknown)).toEqual(followed);
    expect(withId(service(oldDeployment()), unknown)).toBe(unknown);
    expect(withId(service(oldDeployment()), followed)).toBe(followed);
  });

  test('an endpoint that describes deployments without ids is supported', () => {
    const current = service(primaryDeployment('COMPLETED', { id: undefined }));
    expect(deploymentState(current, withId(current, unknown))).toEqual(ready(undefined));
  });

  test('it has failed if the service runs another task definition, with the reason in the newest record', () => {
    const rolledBack = record('ROLLBACK_SUCCESSFUL', BREAKER_REASON);
    expect(deploymentState(service(oldDeployment()), unknown, rolledBack)).toEqual(
      failed(`${BREAKER_REASON}\nECS rolled back to shop-dev-web:1.`),
    );
    expect(deploymentState(service(oldDeployment()), unknown, record('IN_PROGRESS'))).toEqual(
      failed('Another update of the service replaced it with shop-dev-web:1.'),
    );
    expect(deploymentState(service(oldDeployment()), { ...unknown, wasSeen: true })).toEqual(
      failed('ECS no longer shows the deployment. It shows a deployment of shop-dev-web:1 instead.'),
    );
  });
});

describe('whether the record is needed', () => {
  test('no record is needed while ECS shows the deployment as primary', () => {
    expect(needsRecord(service(primaryDeployment('IN_PROGRESS')), followed)).toBe(false);
    expect(needsRecord(service(primaryDeployment('COMPLETED')), followed)).toBe(false);
    expect(needsRecord(undefined, followed)).toBe(false);
  });

  test('a record is needed if ECS shows the deployment as failed, as another one, or not at all', () => {
    expect(needsRecord(service(primaryDeployment('FAILED')), followed)).toBe(true);
    expect(needsRecord(service(primaryDeployment('IN_PROGRESS', { status: 'ACTIVE' })), followed)).toBe(true);
    expect(needsRecord(service(oldDeployment()), followed)).toBe(true);
  });

  test.each<[string, EcsService['deploymentConfiguration']]>([
    ['a strategy that shifts traffic', { strategy: 'CANARY' }],
    ['alarms', { alarms: { alarmNames: ['errors'], enable: true, rollback: true } }],
    ['a bake time', { bakeTimeInMinutes: 5 }],
  ])('a record is needed in progress with %s', (_what, deploymentConfiguration) => {
    const configured = { ...service(primaryDeployment('IN_PROGRESS')), deploymentConfiguration };
    expect(needsRecord(configured, followed)).toBe(true);
    const completed = { ...service(primaryDeployment('COMPLETED')), deploymentConfiguration };
    expect(needsRecord(completed, followed)).toBe(false);
  });
});
