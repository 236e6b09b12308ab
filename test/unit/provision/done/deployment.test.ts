// The state of a deployment, derived from ECS's description of the service.
import { describe, expect, test } from '@jest/globals';
import type { Deployment } from '@aws-sdk/client-ecs';
import { failed, pending, ready } from '../../../../lib/engine/until.ts';
import { deploymentState } from '../../../../provision/done/deployment.ts';
import {
  dateAt,
  BREAKER_MESSAGE,
  NEW_DEFINITION,
  OLD_DEFINITION,
  primaryDeployment,
  service,
} from '../deployments.ts';

const state = (...deployments: Deployment[]) => deploymentState(service(...deployments), NEW_DEFINITION);

describe('the state of a deployment', () => {
  test('a deployment is ready when it is primary and completed', () => {
    expect(
      state(primaryDeployment('COMPLETED'), { status: 'ACTIVE', taskDefinition: OLD_DEFINITION }),
    ).toEqual(ready(undefined));
  });

  test.each<[string, Deployment, string]>([
    ['nothing runs yet', {}, '0/1 running'],
    ['tasks start', { pendingCount: 1 }, '0/1 running, 1 starting'],
    ['some run', { runningCount: 1, desiredCount: 3, pendingCount: 2 }, '1/3 running, 2 starting'],
    ['some failed', { failedTasks: 2 }, '0/1 running, 2 failed'],
  ])('a deployment in progress is pending, with its task counts: %s', (_what, counts, note) => {
    expect(state(primaryDeployment('IN_PROGRESS', counts))).toEqual(pending(note));
  });

  test('a deployment is pending while ECS does not show its service', () => {
    expect(deploymentState(undefined, NEW_DEFINITION)).toEqual(pending('the service is not visible yet'));
    expect(state()).toEqual(pending('the deployment is not visible yet'));
  });

  test('a deployment is pending while ECS still shows only the previous deployment, even if the previous one has completed or failed', () => {
    const before = { createdAt: dateAt(1) };
    const stale = [
      primaryDeployment('COMPLETED', before),
      primaryDeployment('FAILED', before),
      primaryDeployment('COMPLETED', { ...before, taskDefinition: OLD_DEFINITION }),
    ];
    for (const deployment of stale) {
      expect(deploymentState(service(deployment), NEW_DEFINITION, dateAt(10))).toEqual(
        pending('the deployment is not visible yet'),
      );
    }
    expect(deploymentState(service(primaryDeployment('COMPLETED')), NEW_DEFINITION, dateAt(10))).toEqual(
      ready(undefined),
    );
  });

  test('a deployment has failed if it was visible and the previous one is primary again, since ECS rolled it back', () => {
    const rollback = primaryDeployment('COMPLETED', { taskDefinition: OLD_DEFINITION, createdAt: dateAt(1) });
    const failedDeployment = primaryDeployment('FAILED', {
      status: 'ACTIVE',
      createdAt: dateAt(10),
      rolloutStateReason: BREAKER_MESSAGE,
    });
    expect(deploymentState(service(rollback, failedDeployment), NEW_DEFINITION, dateAt(10), true)).toEqual(
      failed(`${BREAKER_MESSAGE}\nECS rolled back to shop-dev-web:1`),
    );
    expect(deploymentState(service(rollback), NEW_DEFINITION, dateAt(10), true)).toEqual(
      failed('ECS rolled back to shop-dev-web:1'),
    );
  });

  test('a first deployment, which cannot be rolled back, has failed when ECS reports it as failed', () => {
    expect(state(primaryDeployment('FAILED', { rolloutStateReason: BREAKER_MESSAGE }))).toEqual(
      failed(BREAKER_MESSAGE),
    );
    expect(state(primaryDeployment('FAILED'))).toEqual(failed('the deployment failed'));
  });

  test('a deployment that was rolled back has failed, even if the rollback to the previous one is completed', () => {
    const rollback = primaryDeployment('COMPLETED', {
      id: 'ecs-svc/3',
      taskDefinition: OLD_DEFINITION,
      createdAt: dateAt(20),
      rolloutStateReason: 'ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/1.',
    });
    const failedDeployment = primaryDeployment('FAILED', {
      status: 'ACTIVE',
      rolloutStateReason: BREAKER_MESSAGE,
    });
    expect(deploymentState(service(rollback, failedDeployment), NEW_DEFINITION, dateAt(10))).toEqual(
      failed(
        `${BREAKER_MESSAGE}\nECS rolled back to shop-dev-web:1\nECS deployment circuit breaker: rolling back to deploymentId ecs-svc/1.`,
      ),
    );
    // Later, ECS no longer shows the failed deployment.
    expect(state({ ...rollback, rolloutStateReason: undefined })).toEqual(
      failed('ECS rolled back to shop-dev-web:1'),
    );
  });

  test('the failure of an earlier deployment of the same task definition is ignored', () => {
    const earlier = primaryDeployment('FAILED', { id: 'ecs-svc/1', status: 'ACTIVE', createdAt: dateAt(1) });
    expect(state(earlier, primaryDeployment('IN_PROGRESS'))).toEqual(pending('0/1 running'));
  });

  test('a deployment has failed if someone else deletes its service', () => {
    const leaving = { ...service(primaryDeployment('COMPLETED')), status: 'DRAINING' };
    expect(deploymentState(leaving, NEW_DEFINITION)).toEqual(
      failed('the service is DRAINING: someone else is deleting it'),
    );
  });
});
