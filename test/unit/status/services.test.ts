// The condition of each service, derived from a survey.
import { describe, expect, test } from '@jest/globals';
import type { FoundService } from '../../../lib/look/services.ts';
import { statusesOf } from '../../../status/services.ts';
import { foundFor } from '../engine-harness.ts';
import { config } from '../step-harness.ts';

const TASK_DEFINITION = 'arn:aws:ecs:eu-west-1:000000000000:task-definition/shop-dev-web:7';
const healthy = { runningCount: 2, unregistered: [], unhealthy: [], ended: [] };
const stack = config();
const [{ name: web = '' } = {}] = stack.services;
const service = (more: Partial<FoundService> = {}): FoundService => ({
  ...foundFor('services', web),
  status: 'ACTIVE',
  taskDefinitionArn: TASK_DEFINITION,
  desiredCount: 2,
  runningCount: 2,
  rollout: 'COMPLETED',
  health: healthy,
  ...more,
});
const statusOf = (found: FoundService) => statusesOf(stack, { services: new Map([[web, found]]) })[0];
const unhealthyTarget = { container: 'api1', address: '10.0.0.4', port: 5000, why: 'Request timed out' };

describe('a service', () => {
  test('is healthy once its deployment is complete and all of its tasks run', () => {
    expect(statusOf(service())).toEqual({
      service: web,
      revision: 7,
      desired: 2,
      running: 2,
      deployment: 'completed',
      warnings: [],
      healthy: true,
    });
  });

  test.each([
    ['during a deployment', { rollout: 'IN_PROGRESS', health: undefined }, []],
    ['after a failed deployment', { rollout: 'FAILED' }, ['its newest deployment has failed']],
    ['while it is deleted', { status: 'DRAINING', health: undefined }, ['it is draining']],
    ['if a task is missing', { health: { ...healthy, runningCount: 1 } }, ['1 of 2 tasks are running']],
    [
      'if a target is unhealthy',
      { health: { ...healthy, unhealthy: [unhealthyTarget] } },
      [expect.stringContaining('10.0.0.4:5000 of api1 is unhealthy: Request timed out')],
    ],
  ])('is not healthy %s', (_, more, warnings) => {
    expect(statusOf(service(more))).toMatchObject({ healthy: false, warnings });
  });

  test('is missing if it is configured and not deployed, and listed if it is deployed and not configured', () => {
    const [missing, other] = statusesOf(stack, { services: new Map([['old', service()]]) });
    expect(missing).toMatchObject({ service: web, revision: null, healthy: false });
    expect(other).toMatchObject({ service: 'old', revision: 7, healthy: true });
  });
});
