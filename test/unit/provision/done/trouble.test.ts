// A service that was proven to run and then has trouble: its cause is read from what AWS reports by then.
import { DescribeServicesCommand } from '@aws-sdk/client-ecs';
import { describe, expect, test } from '@jest/globals';
import { causeOfTrouble } from '../../../../provision/done/trouble.ts';
import { awsError, mocks } from '../../step-harness.ts';
import { primaryDeployment, service } from '../deployments.ts';
import {
  exited,
  ids,
  mockEcs,
  mockTargets,
  mockTasks,
  oneContainer,
  running,
  target,
  waitContext,
} from './service-wait.ts';

const deployed = service(primaryDeployment('COMPLETED', { runningCount: 1 }));
const cause = () => causeOfTrouble(waitContext(), oneContainer, ids);

describe('the cause of trouble after a deployment', () => {
  test('a target that has stopped answering', async () => {
    mockEcs(deployed);
    mockTasks([running('1')]);
    mockTargets(target('unhealthy', 'Target.Timeout', 'Request timed out'));
    expect(await cause()).toMatchObject({
      what: expect.stringMatching(/^api1 does not answer GET \S+ on port 5000 within \d+ s/),
      evidence: expect.arrayContaining([expect.stringContaining('Request timed out')]),
    });
  });

  test('a container whose own check fails while it answers no request', async () => {
    mockEcs(deployed);
    mockTasks([running('1', { containers: [{ name: 'api1', healthStatus: 'UNHEALTHY' }] })]);
    mockTargets(target('healthy'));
    expect(await causeOfTrouble(waitContext(), oneContainer, ids, 'api1')).toMatchObject({
      what: expect.stringMatching(/^api1 does not answer GET \S+ on port 5000 within \d+ s/),
      evidence: expect.arrayContaining([expect.stringContaining('UNHEALTHY')]),
    });
  });

  test('a task that has exited', async () => {
    mockEcs(deployed);
    mockTasks([exited('1')]);
    mockTargets();
    expect(await cause()).toMatchObject({ what: expect.stringMatching(/^api1 exited with code 3/) });
  });

  test('there is none while tasks and targets are healthy', async () => {
    mockEcs(deployed);
    mockTasks([running('1')]);
    mockTargets(target('healthy'));
    expect(await cause()).toBeUndefined();
  });

  test('it is unknown if AWS rejects a call', async () => {
    mocks.ecs.on(DescribeServicesCommand).rejects(awsError('AccessDeniedException'));
    expect(await cause()).toBeUndefined();
  });
});
