// The restoration of the previous version: which calls are sent, and what the problem says about it.
import {
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  ListServiceDeploymentsCommand,
  StopServiceDeploymentCommand,
  UpdateServiceCommand,
  type Deployment,
  type Service as EcsService,
  type ServiceDeployment,
} from '@aws-sdk/client-ecs';
import { describe, expect, test } from '@jest/globals';
import { awsError, mocks, mutations } from '../../step-harness.ts';
import { foundService } from '../service-scenario.ts';
import { dateAt, OLD_DEFINITION, primaryDeployment, service } from '../deployments.ts';
import {
  exited,
  mockTasks,
  notes,
  pendingNotes,
  running,
  runningOld,
  wait,
  waitedSeconds,
  worker,
} from './service-wait.ts';

const started = service(primaryDeployment('IN_PROGRESS'));
const oldDeployment = (more: Deployment = {}): Deployment => ({
  id: 'ecs-svc/1',
  status: 'PRIMARY',
  taskDefinition: OLD_DEFINITION,
  rolloutState: 'IN_PROGRESS',
  createdAt: dateAt(1),
  desiredCount: 1,
  runningCount: 1,
  ...more,
});
const failing = service(
  primaryDeployment('IN_PROGRESS', { failedTasks: 2 }),
  oldDeployment({ status: 'ACTIVE' }),
);
const rollingBack = service(oldDeployment(), primaryDeployment('FAILED', { status: 'ACTIVE' }));
const crashes = [exited('1'), exited('2'), runningOld('0')];
const STOP = {
  command: 'StopServiceDeployment',
  input: { serviceDeploymentArn: 'arn:record', stopType: 'ROLLBACK' },
};
const goodRevision = {
  taskDefinition: OLD_DEFINITION,
  loadBalancers: [{ targetGroupArn: 'arn:old-group', containerName: 'api1', containerPort: 5000 }],
  networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-old'] } },
};
const BACK = { command: 'UpdateService', input: { cluster: 'shop-dev', service: 'web', ...goodRevision } };

/** The service as successive lookups show it; the states of the record advance with each description of it. */
function scene(states: readonly ServiceDeployment['status'][], ...shown: EcsService[]): void {
  let looks = 0;
  mocks.ecs
    .on(ListServiceDeploymentsCommand)
    .resolves({
      serviceDeployments: [
        {
          serviceDeploymentArn: 'arn:record',
          targetServiceRevisionArn: 'arn:service-revision/shop-dev/web/2',
          status: 'IN_PROGRESS',
          createdAt: dateAt(10),
        },
        {
          serviceDeploymentArn: 'arn:good',
          targetServiceRevisionArn: 'arn:service-revision/shop-dev/web/1',
          status: 'SUCCESSFUL',
          createdAt: dateAt(1),
        },
      ],
    })
    .on(DescribeServiceRevisionsCommand, { serviceRevisionArns: ['arn:service-revision/shop-dev/web/1'] })
    .resolves({ serviceRevisions: [goodRevision] })
    .on(DescribeServiceDeploymentsCommand)
    .callsFake(() => {
      const status = states[Math.min(looks, states.length - 1)];
      looks += 1;
      return { serviceDeployments: [{ serviceDeploymentArn: 'arn:record', status }] };
    });
  const mock = mocks.ecs.on(DescribeServicesCommand);
  for (const one of shown.slice(0, -1)) mock.resolvesOnce({ services: [one] });
  mock.resolves({ services: shown.slice(-1) });
}

describe('a deployment in progress', () => {
  test('it is stopped with a rollback, and the wait ends as soon as the previous version is primary with all its tasks', async () => {
    scene(['IN_PROGRESS', 'ROLLBACK_REQUESTED', 'ROLLBACK_IN_PROGRESS'], failing, failing, rollingBack);
    mocks.ecs.on(StopServiceDeploymentCommand).resolves({ serviceDeploymentArn: 'arn:record' });
    mockTasks(crashes);
    await expect(wait(worker, started)).rejects.toMatchObject({
      code: 'DEPLOYMENT',
      what: expect.stringMatching(/^The deployment of web failed: api1 exited with code 3/),
      now: 'Slipway stopped the deployment and restored the previous version. web runs shop-dev-web:1 (shop/api1:1) with 1 of 1 tasks. shop-dev-web:2 stays registered; the next provision deploys the configuration again.',
    });
    expect(mutations()).toEqual([STOP]);
    expect(waitedSeconds).toBe(1);
    expect(notes).toContain('web: cannot be deployed; the previous version is being restored');
    expect(pendingNotes.rollback).toEqual(['the rollback is ROLLBACK_REQUESTED']);
  });

  test('tasks of the failed version that still run are reported', async () => {
    scene(['IN_PROGRESS', 'ROLLBACK_SUCCESSFUL'], failing, rollingBack);
    mocks.ecs.on(StopServiceDeploymentCommand).resolves({});
    mockTasks([...crashes, running('3')]);
    await expect(wait(worker, started)).rejects.toMatchObject({
      now: expect.stringContaining('Tasks of shop-dev-web:2 that are still being stopped: 1.'),
    });
  });

  test('it is left alone if ECS has rolled it back already', async () => {
    scene(['IN_PROGRESS', 'ROLLBACK_SUCCESSFUL'], failing, rollingBack);
    mocks.ecs
      .on(StopServiceDeploymentCommand)
      .rejects(awsError('InvalidParameterException', 'The service deployment has ended.'));
    mockTasks(crashes);
    await expect(wait(worker, started)).rejects.toMatchObject({
      code: 'DEPLOYMENT',
      now: expect.stringMatching(/^ECS ended the deployment\. web runs shop-dev-web:1 /),
    });
    expect(mutations()).toEqual([STOP]);
  });

  test('a stop that comes too late is followed by an update back to the last good revision', async () => {
    scene(
      ['IN_PROGRESS', 'SUCCESSFUL'],
      failing,
      failing,
      service(oldDeployment({ id: 'ecs-svc/3', rolloutState: 'COMPLETED' })),
    );
    mocks.ecs
      .on(StopServiceDeploymentCommand)
      .rejects(awsError('ConflictException', 'The deployment has ended.'))
      .on(UpdateServiceCommand)
      .resolves({ service: service(oldDeployment({ id: 'ecs-svc/3' })) });
    mockTasks(crashes);
    await expect(wait(worker, started)).rejects.toMatchObject({
      now: expect.stringMatching(
        /^Slipway updated web back to the previous version\. web runs shop-dev-web:1 /,
      ),
    });
    expect(mutations()).toEqual([STOP, BACK]);
  });

  test('a rollback that fails is followed by an update back', async () => {
    scene(
      ['IN_PROGRESS', 'ROLLBACK_FAILED'],
      failing,
      failing,
      service(oldDeployment({ id: 'ecs-svc/3', rolloutState: 'COMPLETED' })),
    );
    mocks.ecs
      .on(StopServiceDeploymentCommand)
      .resolves({})
      .on(UpdateServiceCommand)
      .resolves({ service: service(oldDeployment({ id: 'ecs-svc/3' })) });
    mockTasks(crashes);
    await expect(wait(worker, started)).rejects.toMatchObject({ code: 'DEPLOYMENT' });
    expect(mutations()).toEqual([STOP, BACK]);
  });

  test('a refused restoration is reported with the refusal, and does not hide the cause', async () => {
    scene(['SUCCESSFUL'], failing);
    mocks.ecs.on(UpdateServiceCommand).rejects(awsError('AccessDeniedException', 'not allowed to update'));
    mockTasks(crashes);
    await expect(wait(worker, started)).rejects.toMatchObject({
      what: expect.stringMatching(/api1 exited with code 3/),
      now: expect.stringMatching(
        /^The previous version was not restored completely: not allowed to update\./,
      ),
    });
  });
});

describe("someone else's newer deployment", () => {
  const newer = service(
    oldDeployment({
      id: 'ecs-svc/9',
      taskDefinition: OLD_DEFINITION.replace(/1$/, '3'),
      createdAt: dateAt(20),
      runningCount: 0,
    }),
    primaryDeployment('IN_PROGRESS', { status: 'ACTIVE', failedTasks: 2 }),
  );

  test.each(['STOPPED', 'SUCCESSFUL'] as const)(
    'it is left alone if the followed deployment is %s by then',
    async (status) => {
      scene([status], failing, newer);
      mockTasks(crashes);
      await expect(wait(worker, started)).rejects.toMatchObject({
        code: 'DEPLOYMENT',
        now: expect.stringMatching(
          /^Another update of web has begun meanwhile, so nothing was restored\. web runs shop-dev-web:3 /,
        ),
      });
      expect(mutations()).toEqual([]);
    },
  );

  test('it is left alone if it begins while the followed deployment is being stopped', async () => {
    scene(['IN_PROGRESS', 'STOPPED'], failing, failing, newer);
    mocks.ecs.on(StopServiceDeploymentCommand).resolves({});
    mockTasks(crashes);
    await expect(wait(worker, started)).rejects.toMatchObject({
      now: expect.stringMatching(/^Another update of web has begun meanwhile/),
    });
    expect(mutations()).toEqual([STOP]);
  });
});

describe('an endpoint without service deployments', () => {
  const withoutRecords = () => {
    const unsupported = awsError('UnsupportedFeatureException', 'no');
    mocks.ecs.on(ListServiceDeploymentsCommand).rejects(unsupported);
    mocks.ecs.on(DescribeServiceDeploymentsCommand).rejects(unsupported);
    const back = service(oldDeployment({ id: 'ecs-svc/3', rolloutState: 'COMPLETED' }));
    mocks.ecs
      .on(DescribeServicesCommand)
      .resolvesOnce({ services: [failing] })
      .resolves({ services: [back] });
    mocks.ecs.on(UpdateServiceCommand).resolves({ service: back });
    mockTasks(crashes);
  };

  test('the service is updated back to the task definition that was deployed when the run began', async () => {
    withoutRecords();
    const existing = { ...foundService, taskDefinitionArn: OLD_DEFINITION };
    await expect(wait(worker, started, { existing })).rejects.toMatchObject({
      now: expect.stringMatching(/^Slipway updated web back to the previous version\./),
    });
    expect(mutations()).toEqual([
      {
        command: 'UpdateService',
        input: { cluster: 'shop-dev', service: 'web', taskDefinition: OLD_DEFINITION },
      },
    ]);
  });

  test('the wait for the previous version includes the bake time of its deployment', async () => {
    withoutRecords();
    const bakeTimeInMinutes = 10;
    const back = (rolloutState: Deployment['rolloutState']) => ({
      ...service(oldDeployment({ id: 'ecs-svc/3', rolloutState })),
      deploymentConfiguration: { strategy: 'BLUE_GREEN' as const, bakeTimeInMinutes },
    });
    const described = mocks.ecs.on(DescribeServicesCommand).resolvesOnce({ services: [failing] });
    for (let second = 0; second <= 600; second += 1)
      described.resolvesOnce({ services: [back('IN_PROGRESS')] });
    described.resolves({ services: [back('COMPLETED')] });
    mocks.ecs.on(UpdateServiceCommand).resolves({ service: back('IN_PROGRESS') });
    const existing = { ...foundService, taskDefinitionArn: OLD_DEFINITION };
    await expect(wait(worker, started, { existing })).rejects.toMatchObject({
      now: expect.stringMatching(/^Slipway updated web back to the previous version\./),
    });
    expect(waitedSeconds).toBeGreaterThanOrEqual(600);
  });

  test.each([
    ['is created', undefined],
    ['failed before', { ...foundService, taskDefinitionArn: OLD_DEFINITION, rollout: 'FAILED' }],
  ])('nothing is restored if the service %s', async (_what, existing) => {
    withoutRecords();
    await expect(wait(worker, started, existing && { existing })).rejects.toMatchObject({
      now: expect.stringMatching(/^No earlier version of web was ever deployed, so none was restored\./),
    });
    expect(mutations()).toEqual([]);
  });
});
