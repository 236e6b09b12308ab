// The failures of the wait for a service, and how they are explained.
import { DescribeServicesCommand, ListTasksCommand } from '@aws-sdk/client-ecs';
import { DescribeTargetHealthCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, test } from '@jest/globals';
import { awsError, mocks, sentCalls } from '../../step-harness.ts';
import { dateAt, BREAKER_MESSAGE, OLD_DEFINITION, primaryDeployment, service } from '../deployments.ts';

import { mockBalancer, web, wait, mockEcs, target, targets, mockStopped } from './service-wait.ts';

describe('a service that fails', () => {
  test("the wait fails if the deployment was rolled back, and the problem contains ECS's messages", async () => {
    const message = '(service web) was unable to place a task. Reason: Internal error.';
    mockEcs(service(primaryDeployment('IN_PROGRESS', { failedTasks: 1 })), {
      ...service(
        primaryDeployment('IN_PROGRESS', { taskDefinition: OLD_DEFINITION, createdAt: dateAt(20) }),
        primaryDeployment('FAILED', { status: 'ACTIVE', rolloutStateReason: BREAKER_MESSAGE }),
      ),
      events: [
        { id: '2', message: '(service web) has started 1 tasks.' },
        { id: '1', message },
      ],
    });
    mocks.ecs.on(ListTasksCommand).resolves({ taskArns: [] });
    await expect(
      wait(web, { ...service(primaryDeployment('IN_PROGRESS')), events: [] }),
    ).rejects.toMatchObject({
      code: 'DEPLOYMENT',
      what: 'The deployment of web failed.',
      why: `${BREAKER_MESSAGE}\nECS rolled back to shop-dev-web:1\nwas unable to place a task. Reason: Internal error.`,
    });
  });

  test('the wait fails if the first deployment failed', async () => {
    mockEcs(service(primaryDeployment('FAILED', { rolloutStateReason: BREAKER_MESSAGE })));
    mocks.ecs.on(ListTasksCommand).resolves({ taskArns: [] });
    await expect(wait()).rejects.toMatchObject({ code: 'DEPLOYMENT', why: BREAKER_MESSAGE });
  });

  test("if the load balancer failed, the wait fails with the load balancer's reason, and tasks are not read", async () => {
    mockEcs(service(primaryDeployment('IN_PROGRESS')));
    const why = 'The subnets have no free addresses left.';
    mockBalancer('failed', why);
    await expect(wait()).rejects.toMatchObject({ code: 'FAILED_STATE', why });
    expect(sentCalls().map(({ command }) => command)).toEqual(['DescribeLoadBalancers', 'DescribeServices']);
  });

  test('if the deployment takes too long, the wait fails with the task counts', async () => {
    mockEcs(service(primaryDeployment('IN_PROGRESS', { failedTasks: 5 })));
    mocks.ecs.on(ListTasksCommand).resolves({ taskArns: [] });
    await expect(wait()).rejects.toMatchObject({
      code: 'DEPLOYMENT',
      why: 'The last check reported: 0/1 running, 5 failed.',
    });
  });

  test('the wait fails if targets stay unhealthy while tasks run, and the problem lists the targets with their reasons', async () => {
    mockEcs(service(primaryDeployment('COMPLETED', { runningCount: 1 })));
    mockStopped([]);
    mocks.elbv2.on(DescribeTargetHealthCommand).resolves(targets(target('healthy')));
    mocks.elbv2
      .on(DescribeTargetHealthCommand, { TargetGroupArn: 'arn:group-1' })
      .resolves(targets(target('unhealthy', 'Target.Timeout', 'Request timed out')));
    await expect(wait()).rejects.toMatchObject({
      code: 'UNHEALTHY',
      what: 'The load balancer reports api1 as unhealthy: GET /health of api1 on port 5000 is not answered within 5 s (health.timeoutSeconds).',
      why: expect.stringMatching(/^the target of api1 is unhealthy: Target.Timeout, Request timed out$/m),
      fix: expect.arrayContaining([
        'Make api1 answer /health faster, or raise health.timeoutSeconds of api1.',
      ]),
    });
  });

  test('the wait throws the original error if a lookup fails', async () => {
    mocks.ecs.on(DescribeServicesCommand).rejects(awsError('AccessDeniedException', 'not allowed'));
    await expect(wait()).rejects.toMatchObject({ message: 'not allowed' });
    mockEcs(service(primaryDeployment('COMPLETED')));
    mocks.elbv2.on(DescribeTargetHealthCommand).rejects(awsError('TargetGroupNotFoundException', 'none'));
    await expect(wait()).rejects.toMatchObject({ message: 'none' });
  });
});
