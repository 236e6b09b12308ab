// The wait for a service while AWS's descriptions go back and forth in time, and while others change the count.
import { ListServiceDeploymentsCommand } from '@aws-sdk/client-ecs';
import { expect, test } from '@jest/globals';
import type { Change } from '../../../../lib/model/change.ts';
import { awsError, mocks } from '../../step-harness.ts';
import { dateAt, OLD_DEFINITION, primaryDeployment, service } from '../deployments.ts';
import { mockEcs, mockTasks, running, wait, waitedSeconds, worker } from './service-wait.ts';

const started = service(primaryDeployment('IN_PROGRESS'));
const completed = service(primaryDeployment('COMPLETED', { runningCount: 1 }));
const old = service({
  id: 'ecs-svc/1',
  status: 'PRIMARY',
  taskDefinition: OLD_DEFINITION,
  rolloutState: 'COMPLETED',
  createdAt: dateAt(1),
  desiredCount: 1,
  runningCount: 1,
});
const denied = () =>
  mocks.ecs
    .on(ListServiceDeploymentsCommand)
    .rejects(awsError('AccessDeniedException', 'not authorized to perform ecs:ListServiceDeployments'));

test('a description from before the deployment is no failure, although the deployment was shown before', async () => {
  denied();
  mockEcs(started, old, old, started, old, completed);
  mockTasks([running('1')]);
  await expect(wait(worker, started)).resolves.toBeUndefined();
});

test('a deployment that stays away has failed', async () => {
  denied();
  mockEcs(started, old);
  mockTasks([running('1')]);
  await expect(wait(worker, started)).rejects.toMatchObject({ code: 'DEPLOYMENT' });
  expect(waitedSeconds).toBeLessThanOrEqual(20);
});

test('Application Auto Scaling may change a count that this run has set', async () => {
  const fields = [{ field: 'count', from: 1, to: 2 }];
  const change: Change = { noun: 'services', key: 'web', verb: 'update', fields, reason: '' };
  mockEcs({ ...completed, desiredCount: 2 }, { ...completed, desiredCount: 1 });
  mockTasks([running('1')]);
  await expect(wait({ ...worker, count: 2 }, started, { change })).resolves.toBeUndefined();
});
