// Reading what runs at the moment.
import { DescribeServicesCommand, DescribeTasksCommand, ListTasksCommand } from '@aws-sdk/client-ecs';
import { DescribeTargetHealthCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from '@jest/globals';
import { lookLiveFacts } from '../../../status/live-facts.ts';
import { foundFor } from '../engine-harness.ts';
import { awsError, lookContextOf, mocks, surveyOf } from '../step-harness.ts';

test('tasks, targets and messages are read for everything that was found', async () => {
  const group = foundFor('targetGroups', 'web-app');
  const found = surveyOf({
    services: { web: { ...foundFor('services', 'web'), serviceName: 'web' } },
    targetGroups: { 'web-app': group },
  });
  const task = { taskArn: 'arn:1', group: 'service:web', lastStatus: 'RUNNING' };
  const event = { message: '(service web) has reached a steady state.' };
  mocks.ecs.on(ListTasksCommand).resolves({ taskArns: ['arn:1'] });
  mocks.ecs.on(DescribeTasksCommand).resolves({ tasks: [task] });
  mocks.ecs.on(DescribeServicesCommand).resolves({ services: [{ serviceName: 'web', events: [event] }] });
  mocks.elbv2.on(DescribeTargetHealthCommand).resolves({
    TargetHealthDescriptions: (['healthy', 'unhealthy', 'draining'] as const).map((State) => ({
      TargetHealth: { State },
    })),
  });
  const { tasks, targets, events } = await lookLiveFacts(lookContextOf(), found);
  expect(tasks.get('web')).toEqual([task]);
  expect(targets.get(group.targetGroupArn)).toEqual({ healthy: 1, total: 2 });
  expect(events.get('web')).toEqual([event]);
});

test('what has been deleted meanwhile counts as empty', async () => {
  const group = foundFor('targetGroups', 'web-app');
  const found = surveyOf({
    services: { web: { ...foundFor('services', 'web'), serviceName: 'web' } },
    targetGroups: { 'web-app': group },
  });
  mocks.ecs.on(ListTasksCommand).rejects(awsError('ClusterNotFoundException'));
  mocks.ecs.on(DescribeServicesCommand).rejects(awsError('ClusterNotFoundException'));
  mocks.elbv2.on(DescribeTargetHealthCommand).rejects(awsError('TargetGroupNotFound'));
  const { tasks, targets, events } = await lookLiveFacts(lookContextOf(), found);
  expect(tasks.get('web')).toEqual([]);
  expect(targets.get(group.targetGroupArn)).toEqual({ healthy: 0, total: 0 });
  expect(events.get('web')).toEqual([]);
});
