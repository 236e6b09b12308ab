// The state of a deployment, derived from what ECS shows.
import { describe, expect, test } from '@jest/globals';
import type { Deployment } from '@aws-sdk/client-ecs';
import { failed, pending, ready } from '../../../../lib/engine/until.ts';
import { deploymentState } from '../../../../provision/done/deployment.ts';
import { at, BROKEN, MINE, OLD, primary, service } from '../deployments.ts';

const state = (...deployments: Deployment[]) => deploymentState(service(...deployments), MINE);

describe('the state of a deployment', () => {
  test('is ready when ours is primary and completed', () => {
    expect(state(primary('COMPLETED'), { status: 'ACTIVE', taskDefinition: OLD })).toEqual(ready(undefined));
  });

  test.each<[string, Deployment, string]>([
    ['nothing runs yet', {}, '0/1 running'],
    ['tasks start', { pendingCount: 1 }, '0/1 running, 1 starting'],
    ['some run', { runningCount: 1, desiredCount: 3, pendingCount: 2 }, '1/3 running, 2 starting'],
    ['some failed', { failedTasks: 2 }, '0/1 running, 2 failed'],
  ])('is pending while it is in progress, with task counts: %s', (_what, counts, note) => {
    expect(state(primary('IN_PROGRESS', counts))).toEqual(pending(note));
  });

  test('is pending while the service is not visible', () => {
    expect(deploymentState(undefined, MINE)).toEqual(pending('the service is not seen yet'));
    expect(state()).toEqual(pending('the deployment is not seen yet'));
  });

  test('is pending while a look still returns the previous deployment, however that ended', () => {
    const before = { createdAt: at(1) };
    const stale = [
      primary('COMPLETED', before),
      primary('FAILED', before),
      primary('COMPLETED', { ...before, taskDefinition: OLD }),
    ];
    for (const deployment of stale) {
      expect(deploymentState(service(deployment), MINE, at(10))).toEqual(
        pending('the deployment is not seen yet'),
      );
    }
    expect(deploymentState(service(primary('COMPLETED')), MINE, at(10))).toEqual(ready(undefined));
  });

  test('has failed when ours was visible and the previous one is primary again: ECS rolled back', () => {
    const back = primary('COMPLETED', { taskDefinition: OLD, createdAt: at(1) });
    const mine = primary('FAILED', { status: 'ACTIVE', createdAt: at(10), rolloutStateReason: BROKEN });
    expect(deploymentState(service(back, mine), MINE, at(10), true)).toEqual(
      failed(`${BROKEN}\nECS went back to shop-dev-web:1`),
    );
    expect(deploymentState(service(back), MINE, at(10), true)).toEqual(
      failed('ECS went back to shop-dev-web:1'),
    );
  });

  test('has failed when ECS reports it: a first deployment cannot be rolled back', () => {
    expect(state(primary('FAILED', { rolloutStateReason: BROKEN }))).toEqual(failed(BROKEN));
    expect(state(primary('FAILED'))).toEqual(failed('the deployment failed'));
  });

  test('has failed when ECS rolled back to the previous one, even if that is completed', () => {
    const back = primary('COMPLETED', {
      id: 'ecs-svc/3',
      taskDefinition: OLD,
      createdAt: at(20),
      rolloutStateReason: 'ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/1.',
    });
    const mine = primary('FAILED', { status: 'ACTIVE', rolloutStateReason: BROKEN });
    expect(deploymentState(service(back, mine), MINE, at(10))).toEqual(
      failed(
        `${BROKEN}\nECS went back to shop-dev-web:1\nECS deployment circuit breaker: rolling back to deploymentId ecs-svc/1.`,
      ),
    );
    // Later ECS no longer lists ours.
    expect(state({ ...back, rolloutStateReason: undefined })).toEqual(
      failed('ECS went back to shop-dev-web:1'),
    );
  });

  test('is that of the current deployment, whatever happened to an earlier one of the same definition', () => {
    const earlier = primary('FAILED', { id: 'ecs-svc/1', status: 'ACTIVE', createdAt: at(1) });
    expect(state(earlier, primary('IN_PROGRESS'))).toEqual(pending('0/1 running'));
  });

  test('has failed when the service is deleted meanwhile', () => {
    const leaving = { ...service(primary('COMPLETED')), status: 'DRAINING' };
    expect(deploymentState(leaving, MINE)).toEqual(failed('the service is DRAINING: somebody removes it'));
  });
});
