// The failures of the wait for a service: when they end the wait, and how they are explained.
import { GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  ListServiceDeploymentsCommand,
  type Service as EcsService,
  type ServiceDeploymentAlarms,
} from '@aws-sdk/client-ecs';
import { DescribeTargetHealthCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { awsError, mocks, mutations } from '../../step-harness.ts';
import {
  dateAt,
  BREAKER_MESSAGE,
  NEW_DEFINITION,
  OLD_DEFINITION,
  primaryDeployment,
  service,
} from '../deployments.ts';
import {
  commands,
  exited,
  mockBalancer,
  mockEcs,
  mockTargets,
  mockTasks,
  oneContainer,
  pendingNotes,
  running,
  runningOld,
  target,
  wait,
  waitedSeconds,
  web,
  worker,
} from './service-wait.ts';

const started = service(primaryDeployment('IN_PROGRESS'));
const restored: EcsService = {
  ...service({
    id: 'ecs-svc/1',
    status: 'PRIMARY',
    taskDefinition: OLD_DEFINITION,
    rolloutState: 'COMPLETED',
    createdAt: dateAt(1),
    runningCount: 1,
    desiredCount: 1,
  }),
  taskDefinition: OLD_DEFINITION,
  desiredCount: 1,
};
/** Sets the record of the followed deployment. */
const mockRecord = (status: string, statusReason?: string, alarms?: ServiceDeploymentAlarms) => {
  mocks.ecs
    .on(ListServiceDeploymentsCommand)
    .resolves({
      serviceDeployments: [
        {
          serviceDeploymentArn: 'arn:record',
          targetServiceRevisionArn: 'arn:service-revision/shop-dev/web/2',
        },
      ],
    })
    .on(DescribeServiceDeploymentsCommand)
    .resolves({
      serviceDeployments: [
        { serviceDeploymentArn: 'arn:record', status: status as never, statusReason, alarms },
      ],
    });
};
const mockLog = (...lines: string[]) =>
  mocks.logs
    .on(GetLogEventsCommand)
    .resolves({ events: lines.map((message, index) => ({ message, timestamp: index })) });
beforeEach(() => void mockLog('Error: no database'));

describe('a deployment that ECS or someone else has ended', () => {
  const REASON = 'Service deployment rolled back because the circuit breaker threshold was exceeded.';

  test('a rollback because of an alarm names the alarm', async () => {
    mockEcs(restored);
    mockRecord('ROLLBACK_SUCCESSFUL', REASON, { triggeredAlarmNames: ['shop-5xx'] });
    mockTasks([runningOld('1')]);
    await expect(wait(worker, started)).rejects.toMatchObject({
      what: 'The deployment of web failed: the alarm shop-5xx went off.',
    });
  });

  test('the targets of the previous version are healthy in the alternate group, if that one gets the requests', async () => {
    mockEcs({
      ...restored,
      loadBalancers: [
        {
          targetGroupArn: 'arn:group-1',
          advancedConfiguration: {
            alternateTargetGroupArn: 'arn:other',
            productionListenerRule: '',
            roleArn: '',
          },
        },
      ],
    });
    mockRecord('ROLLBACK_SUCCESSFUL', REASON);
    mockTasks([runningOld('1')]);
    mockTargets();
    mocks.elbv2
      .on(DescribeTargetHealthCommand, { TargetGroupArn: 'arn:other' })
      .resolves({ TargetHealthDescriptions: [target('healthy')] });
    const alternates = { 'web-api1.alternate': 'arn:other' };
    await expect(wait(oneContainer, started, { alternates })).rejects.toMatchObject({
      now: expect.not.stringContaining('targets of api1 are healthy'),
    });
  });

  test('a rollback before the first look ends the wait at once, with the reason in the record', async () => {
    mockEcs(restored);
    mockRecord('ROLLBACK_SUCCESSFUL', REASON);
    mockTasks([runningOld('1')]);
    await expect(wait(worker, started)).rejects.toMatchObject({
      code: 'DEPLOYMENT',
      what: 'The deployment of web failed.',
      why: `${REASON}\nECS rolled back to shop-dev-web:1.`,
      now: 'ECS ended the deployment. web runs shop-dev-web:1 (shop/api1:1) with 1 of 1 tasks. shop-dev-web:2 stays registered; the next provision deploys the configuration again.',
      fix: [
        'npm run provision, once the cause is fixed',
        'npm run logs -- web --since 1h, for the complete logs',
      ],
    });
    expect(waitedSeconds).toBe(0);
    expect(mutations()).toEqual([]);
  });

  test('the update of someone else ends the wait at once, and is not stopped', async () => {
    const newer = primaryDeployment('IN_PROGRESS', { id: 'ecs-svc/3', createdAt: dateAt(20) });
    mockEcs({ ...service(newer), taskDefinition: newer.taskDefinition });
    mockRecord('STOPPED');
    mockTasks([]);
    await expect(wait(worker, started)).rejects.toMatchObject({
      why: 'Another update of the service replaced it with shop-dev-web:2.',
    });
    expect(waitedSeconds).toBe(0);
    expect(mutations()).toEqual([]);
  });

  test('the wait sees the end of the rollback that ECS has begun, so that the problem says what runs', async () => {
    const rollingBack = (runningCount: number) => ({
      ...restored,
      deployments: restored.deployments?.map((one) => ({
        ...one,
        rolloutState: 'IN_PROGRESS' as const,
        rolloutStateReason: 'ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/1.',
        updatedAt: dateAt(20),
        runningCount,
      })),
    });
    mockEcs(rollingBack(0), rollingBack(0), rollingBack(0), rollingBack(1));
    mockTasks([runningOld('1')]);
    await expect(wait(worker, started)).rejects.toMatchObject({
      now: expect.stringContaining('web runs shop-dev-web:1 (shop/api1:1) with 1 of 1 tasks.'),
    });
    expect(pendingNotes.rollback).toEqual(['the previous version: 0/1 running']);
  });

  test('a task that failed after the last look is the cause, and the words of ECS are only evidence', async () => {
    mockEcs(started, restored);
    mockRecord('ROLLBACK_SUCCESSFUL', REASON);
    mockTasks([running('1')], [exited('1'), runningOld('2')]);
    await expect(wait(worker, started)).rejects.toMatchObject({
      what: expect.stringMatching(
        /^The deployment of web failed: api1 exited with code 3.*Error: no database/,
      ),
      why: expect.stringMatching(/^ECS: Essential container in task exited[^]*circuit breaker threshold/),
    });
  });

  test('a failed first deployment is kept, and ECS starts no more tasks', async () => {
    mockEcs(service(primaryDeployment('FAILED', { rolloutStateReason: BREAKER_MESSAGE })));
    mockTasks([exited('1')]);
    await expect(wait(worker, started)).rejects.toMatchObject({
      code: 'DEPLOYMENT',
      what: expect.stringMatching(/^The deployment of web failed: api1 exited with code 3/),
      why: expect.stringContaining(BREAKER_MESSAGE),
      now: expect.stringMatching(
        /^No earlier version of web was ever deployed, .*with 0 of 1 tasks\. .*ECS starts no more of its tasks\.$/,
      ),
    });
    expect(mutations()).toEqual([]);
  });
});

describe('a deployment that cannot succeed', () => {
  test('a worker that keeps exiting is never reported as deployed', async () => {
    mockEcs(service(primaryDeployment('COMPLETED', { runningCount: 1 })));
    mockTasks([running('1')], [running('3'), exited('1')], [running('5'), exited('1'), exited('3')]);
    await expect(wait(worker, started)).rejects.toMatchObject({
      code: 'DEPLOYMENT',
      what: expect.stringMatching(/^web was deployed but does not keep running: api1 exited with code 3/),
      why: expect.stringContaining('Error: no database'),
      now: expect.stringContaining(
        'No earlier version of web was ever deployed, so none was restored. web runs shop-dev-web:2 (shop/api1:2) with 1 of 1 tasks.',
      ),
    });
    expect(waitedSeconds).toBeLessThan(5);
  });

  test('the same exit code twice ends the wait while ECS still tries', async () => {
    mockEcs(service(primaryDeployment('IN_PROGRESS', { failedTasks: 2 })));
    mockTasks([running('1')], [exited('1')], [exited('1'), exited('2')]);
    await expect(wait(worker, started)).rejects.toMatchObject({
      what: expect.stringMatching(/^The deployment of web failed: api1 exited with code 3/),
      now: expect.stringContaining('ECS keeps starting tasks until its circuit breaker ends the deployment.'),
    });
    expect(waitedSeconds).toBe(2);
    expect(pendingNotes.deployment.at(-1)).toBe(
      '0/1 running, 2 failed; last exit: Essential container in task exited; api1 exit code 3',
    );
  });

  test('a deployment that was completed before this run is not replaced by an older version', async () => {
    mockEcs(service(primaryDeployment('COMPLETED', { runningCount: 1 })));
    mockTasks([running('3'), exited('1'), exited('2')]);
    await expect(wait(worker)).rejects.toMatchObject({
      now: expect.stringMatching(/^This run did not change web\. .*ECS keeps restarting its tasks until/),
    });
    expect(mutations()).toEqual([]);
  });
});

describe('the advice to roll back', () => {
  const ADVICE = 'npm run rollback -- web, to restore the previous version';
  const mockGoodDeploymentOf = (taskDefinition: string) =>
    mocks.ecs
      .on(ListServiceDeploymentsCommand)
      .resolves({ serviceDeployments: [{ status: 'SUCCESSFUL', targetServiceRevisionArn: 'arn:good/1' }] })
      .on(DescribeServiceRevisionsCommand)
      .resolves({ serviceRevisions: [{ taskDefinition }] });

  test('is given if the failed version still serves and an earlier one was good', async () => {
    mockEcs(service(primaryDeployment('COMPLETED', { runningCount: 1 })));
    mockTasks([running('3'), exited('1'), exited('2')]);
    mockGoodDeploymentOf(OLD_DEFINITION);
    await expect(wait(worker)).rejects.toMatchObject({ fix: expect.arrayContaining([ADVICE]) });
  });

  test.each([
    ['no earlier version was good', service(primaryDeployment('COMPLETED')), NEW_DEFINITION],
    ['ECS has restored the previous version', restored, OLD_DEFINITION],
  ])('is not given if %s', async (_what, current, good) => {
    mockEcs(current);
    mockTasks([running('3'), exited('1'), exited('2')]);
    mockGoodDeploymentOf(good);
    await expect(wait(worker, current === restored ? started : undefined)).rejects.toMatchObject({
      code: 'DEPLOYMENT',
      fix: expect.not.arrayContaining([ADVICE]),
    });
  });
});

describe('other ends of the wait', () => {
  test("if the load balancer failed, the wait fails with the load balancer's reason, and nothing is restored", async () => {
    mockEcs(started);
    mockTasks([]);
    mockTargets();
    const why = 'The subnets have no free addresses left.';
    mockBalancer('failed', why);
    await expect(wait(web, started)).rejects.toMatchObject({ code: 'FAILED_STATE', why });
    expect(mutations()).toEqual([]);
  });

  test('a deployment that is only slow is left alone', async () => {
    mockEcs(started);
    mockTasks([]);
    await expect(wait(worker, started)).rejects.toMatchObject({
      code: 'DEPLOYMENT',
      why: expect.stringContaining('The last check reported: 0/1 running.'),
      now: expect.stringMatching(/^The deployment continues; ECS may still finish it\./),
    });
    expect(mutations()).toEqual([]);
  });

  test('the wait fails if targets stay unhealthy while tasks run, and the problem names the container', async () => {
    mockEcs(service(primaryDeployment('COMPLETED', { runningCount: 1 })));
    mockTasks([running('1')]);
    mockTargets(target('initial', 'Elb.InitialHealthChecking'));
    await expect(wait(oneContainer, started)).rejects.toMatchObject({
      code: 'UNHEALTHY',
      what: expect.stringMatching(/^The load balancer reports api1 as unhealthy/),
    });
  });

  test('the wait throws the original error if a lookup fails', async () => {
    mocks.ecs.on(DescribeServicesCommand).rejects(awsError('AccessDeniedException', 'not allowed'));
    await expect(wait()).rejects.toMatchObject({ message: 'not allowed' });
    mockEcs(service(primaryDeployment('COMPLETED')));
    mocks.elbv2.on(DescribeTargetHealthCommand).rejects(awsError('TargetGroupNotFoundException', 'none'));
    await expect(wait()).rejects.toMatchObject({ message: 'none' });
  });

  test('the wait continues if tasks and records cannot be read', async () => {
    mockEcs(service(primaryDeployment('COMPLETED', { runningCount: 1 })));
    await wait(worker, started);
    expect(waitedSeconds).toBe(6);
    expect(commands()).toContain('ListTasks');
  });
});
