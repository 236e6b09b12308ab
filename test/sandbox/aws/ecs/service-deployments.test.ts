// Service deployments and service revisions: their states, how StopServiceDeployment ends them, and how they are listed.
import {
  DeleteServiceCommand,
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
} from '@aws-sdk/client-ecs';
import { expect, test } from '@jest/globals';
import { refusalOf } from '../../harness.ts';
import { BREAKER, CANNOT_PULL, serviceScene } from './deployment-scene.ts';
import { eventMessages, required } from './scene.ts';

test('a service deployment is PENDING for a moment, then IN_PROGRESS, and finally SUCCESSFUL', async () => {
  const { list, describe, service, pass, advance } = await serviceScene();
  const arn = (await list()).serviceDeployments?.[0]?.serviceDeploymentArn;
  expect(await describe(arn)).toMatchObject({ status: 'PENDING' });
  expect((await describe(arn)).startedAt).toBeUndefined();
  advance(140);
  const started = await describe(arn);
  expect(started).toMatchObject({ status: 'IN_PROGRESS', startedAt: expect.any(Date) });
  expect((await service()).currentServiceDeployment).toBe(arn);
  pass(90);
  const finished = await describe(arn);
  expect(finished).toMatchObject({
    status: 'SUCCESSFUL',
    finishedAt: expect.any(Date),
    targetServiceRevision: { requestedTaskCount: 1, runningTaskCount: 1, pendingTaskCount: 0 },
    deploymentCircuitBreaker: { status: 'DISABLED', failureCount: 0, threshold: 0 },
  });
  expect(finished.stoppedAt).toBeUndefined();
  expect((await service()).currentServiceDeployment).toBeUndefined();
});

test('the number in a deployment id is the number in the ARN of its revision', async () => {
  const { list, service } = await serviceScene();
  const { serviceDeployments } = await list();
  const { deployments, currentServiceRevisions } = await service();
  const decimal = deployments?.[0]?.id?.split('/')[1];
  expect(serviceDeployments?.[0]?.targetServiceRevisionArn).toMatch(
    new RegExp(`:service-revision/main/web/${decimal}$`),
  );
  expect(currentServiceRevisions?.[0]?.arn).toBe(serviceDeployments?.[0]?.targetServiceRevisionArn);
});

test('a newer update stops an unfinished deployment, which ends as STOPPED', async () => {
  const { list, describe, updateToSecond, advance } = await serviceScene();
  const first = (await list()).serviceDeployments?.[0]?.serviceDeploymentArn;
  advance(1_000);
  await updateToSecond();
  expect(await describe(first)).toMatchObject({ status: 'STOP_REQUESTED' });
  advance(290);
  const stopped = await describe(first);
  expect(stopped).toMatchObject({ status: 'STOPPED', finishedAt: expect.any(Date) });
  expect((await list()).serviceDeployments?.map(({ status }) => status)).toEqual(['IN_PROGRESS', 'STOPPED']);
});

test.each([0, 140])(
  'a deployment that is stopped after %d ms restores the previous one under its old id, without any failure detection',
  async (ms) => {
    const { service, describe, list, pass, advance, updateToSecond, stop } = await serviceScene(CANNOT_PULL);
    pass(90);
    const before = await service();
    const arn = await updateToSecond();
    advance(ms);
    expect(await stop(arn)).toMatchObject({ serviceDeploymentArn: arn });
    expect(await describe(arn)).toMatchObject({ status: 'ROLLBACK_REQUESTED' });
    advance(4_000);
    const [first] = (await list({ status: ['SUCCESSFUL'] })).serviceDeployments ?? [];
    const rollback = { serviceRevisionArn: first?.targetServiceRevisionArn };
    expect(await describe(arn)).toMatchObject({ status: 'ROLLBACK_IN_PROGRESS', rollback });
    await stop(arn, 'ROLLBACK');
    expect((await service()).currentServiceDeployment).toBe(arn);
    pass(30);
    const after = await service();
    expect(after.deployments).toMatchObject([
      { id: before.deployments?.[0]?.id, status: 'PRIMARY', rolloutState: 'COMPLETED', runningCount: 1 },
    ]);
    expect(after.taskDefinition).toBe(before.taskDefinition);
    expect(await describe(arn)).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      statusReason: expect.stringMatching(/^Service deployment rolled back because /),
      targetServiceRevision: { requestedTaskCount: 0, runningTaskCount: 0 },
      sourceServiceRevisions: [{ runningTaskCount: 1 }],
    });
    expect(eventMessages(after)).toContain('(service web) rolling back to deployment ecs-svc/<n>.');
  },
);

test('ABORT ends a deployment as STOPPED, without a rollback', async () => {
  const { service, describe, pass, advance, updateToSecond, stop } = await serviceScene(CANNOT_PULL, {
    deploymentConfiguration: BREAKER,
  });
  pass(90);
  const arn = await updateToSecond();
  advance(200);
  await stop(arn, 'ABORT');
  expect(await describe(arn)).toMatchObject({ status: 'STOP_REQUESTED' });
  await stop(arn, 'ROLLBACK');
  expect(await describe(arn)).toMatchObject({ status: 'STOP_REQUESTED' });
  pass(30);
  expect(await describe(arn)).toMatchObject({
    status: 'STOPPED',
    stoppedAt: expect.any(Date),
    deploymentCircuitBreaker: { status: 'MONITORING_COMPLETE', threshold: 3 },
  });
  expect((await service()).deployments).toMatchObject([
    { status: 'PRIMARY', rolloutState: 'FAILED' },
    { status: 'ACTIVE', runningCount: 1 },
  ]);
});

test('the first deployment of a service has nothing to roll back to', async () => {
  const { list, describe, service, pass, stop } = await serviceScene();
  const arn = required((await list()).serviceDeployments?.[0]?.serviceDeploymentArn);
  await stop(arn);
  pass(5);
  expect(await describe(arn)).toMatchObject({
    status: 'ROLLBACK_FAILED',
    statusReason: 'No rollback candidate was found to run the rollback.',
  });
  expect(await service()).toMatchObject({ status: 'ACTIVE', deployments: [{ rolloutState: 'FAILED' }] });
});

test('when the circuit breaker trips, the rollback and its reason are recorded, and a later rollback works as well', async () => {
  const { service, describe, list, pass, updateToSecond, update } = await serviceScene(CANNOT_PULL, {
    deploymentConfiguration: BREAKER,
  });
  pass(90);
  const first = (await list()).serviceDeployments?.[0];
  const arn = await updateToSecond();
  pass(200);
  const { deployments: [restored] = [] } = await service();
  await update({ taskDefinition: 'web:2' });
  pass(200);
  expect((await list()).serviceDeployments).toMatchObject([
    { status: 'ROLLBACK_SUCCESSFUL' },
    { status: 'ROLLBACK_SUCCESSFUL' },
    { status: 'SUCCESSFUL' },
  ]);
  const reason = 'Service deployment rolled back because the circuit breaker threshold was exceeded.';
  expect(await describe(arn)).toMatchObject({
    status: 'ROLLBACK_SUCCESSFUL',
    statusReason: reason,
    sourceServiceRevisions: [{ arn: first?.targetServiceRevisionArn, runningTaskCount: 1 }],
    rollback: { reason, serviceRevisionArn: first?.targetServiceRevisionArn },
    deploymentCircuitBreaker: { status: 'TRIGGERED', failureCount: 3, threshold: 3 },
  });
  expect((await service()).deployments).toMatchObject([{ id: restored?.id, rolloutState: 'COMPLETED' }]);
});

test('an update during a rollback ends the rollback', async () => {
  const { describe, list, pass, advance, updateToSecond, stop, update } = await serviceScene(CANNOT_PULL);
  pass(90);
  const arn = await updateToSecond();
  await stop(arn);
  advance(4_000);
  await update({ taskDefinition: 'web:1', forceNewDeployment: true });
  pass(120);
  expect(await describe(arn)).toMatchObject({ status: 'ROLLBACK_FAILED' });
  expect((await list()).serviceDeployments?.[0]).toMatchObject({ status: 'SUCCESSFUL' });
});

test('a stop is refused for a deployment that has ended, an unknown one, and a malformed ARN', async () => {
  const { list, pass, stop } = await serviceScene();
  pass(90);
  const arn = required((await list()).serviceDeployments?.[0]?.serviceDeploymentArn);
  expect(await refusalOf(stop(arn))).toMatchObject({ code: 'ConflictException' });
  expect(await refusalOf(stop(arn.slice(0, -1)))).toMatchObject({
    code: 'ServiceDeploymentNotFoundException',
  });
  for (const malformed of [
    'web',
    arn.replace('service-deployment', 'service'),
    arn.replace(/\/[^/]+$/, ''),
  ]) {
    expect(await refusalOf(stop(malformed))).toMatchObject({ code: 'InvalidParameterException' });
  }
});

test('service deployments can be listed by state, by date, and page by page; the history ends with the service', async () => {
  const { ecs, list, describe, pass, advance, update } = await serviceScene();
  pass(90);
  for (let round = 0; round < 3; round += 1) {
    await update({ forceNewDeployment: true });
    advance(1_000);
  }
  expect((await list({ status: ['STOPPED'] })).serviceDeployments).toHaveLength(2);
  expect((await list({ status: ['SUCCESSFUL', 'IN_PROGRESS'] })).serviceDeployments).toHaveLength(2);
  const [newest, second] = (await list()).serviceDeployments ?? [];
  const after = required(second?.createdAt);
  expect((await list({ createdAt: { after } })).serviceDeployments).toEqual([newest]);
  expect((await list({ createdAt: { before: after } })).serviceDeployments).toHaveLength(2);
  const firstPage = await list({ maxResults: 3 });
  expect(firstPage.serviceDeployments).toHaveLength(3);
  const rest = await list({ maxResults: 3, nextToken: firstPage.nextToken });
  expect(rest).toMatchObject({ serviceDeployments: [{ status: 'SUCCESSFUL' }] });
  expect(await refusalOf(list({ maxResults: 101 }))).toMatchObject({ code: 'InvalidParameterException' });
  await ecs.send(new DeleteServiceCommand({ cluster: 'main', service: 'web', force: true }));
  advance(290);
  expect(await describe(newest?.serviceDeploymentArn)).toMatchObject({ status: 'STOPPED' });
  pass(120);
  const serviceDeploymentArns = [required(newest?.serviceDeploymentArn)];
  expect(await ecs.send(new DescribeServiceDeploymentsCommand({ serviceDeploymentArns }))).toMatchObject({
    serviceDeployments: [],
    failures: [{ arn: serviceDeploymentArns[0], reason: 'MISSING' }],
  });
});

test('a service deployment is forgotten after 90 days, unless the service still has its revision', async () => {
  const { list, advance, pass, update } = await serviceScene();
  pass(90);
  await update({ forceNewDeployment: true });
  pass(150);
  advance(91 * 86_400_000);
  expect((await list()).serviceDeployments).toMatchObject([{ status: 'SUCCESSFUL' }]);
});

test('a revision names the images, and the target groups that its tasks use', async () => {
  const { ecs, list, groups } = await serviceScene();
  const arn = required((await list()).serviceDeployments?.[0]?.targetServiceRevisionArn);
  const serviceRevisionArns = [arn, `${arn}0`];
  const seen = await ecs.send(new DescribeServiceRevisionsCommand({ serviceRevisionArns }));
  expect(seen.failures).toEqual([{ arn: `${arn}0`, reason: 'MISSING' }]);
  expect(seen.serviceRevisions).toMatchObject([
    {
      taskDefinition: expect.stringMatching(/web:1$/),
      launchType: 'FARGATE',
      containerImages: [{ containerName: 'api1' }, { containerName: 'api2' }],
      resolvedConfiguration: { loadBalancers: groups.map((targetGroupArn) => ({ targetGroupArn })) },
    },
  ]);
});
