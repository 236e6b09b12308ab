// Suggested fixes for ECS messages and for the load balancer's reasons.
import { expect, test } from '@jest/globals';
import { adviceForTargets, adviceForTasks } from '../../../../provision/done/advice.ts';
import type { RoutedContainer } from '../../../../lib/config/config.ts';
import { config } from '../../step-harness.ts';

test.each([
  ["was unable to place a task. Reason: You've reached the limit on the number of vCPUs", /vCPUs/],
  ["error ECS was unable to assume the role 'arn:role' that was provided for this task", /IAM/],
  ['CannotPullContainerError: dial tcp 10.0.0.1:443: i/o timeout', /no outbound/],
  [
    'ResourceInitializationError: There is a connection issue between the task and Amazon ECR.',
    /no outbound/,
  ],
  ['CannotPullContainerError: manifest unknown', /cannot be pulled/],
  ['ResourceInitializationError: failed to validate logger args', /log group/],
  ['OutOfMemoryError: Container killed due to memory usage; exit code 137', /out of memory/],
  ['Task failed ELB health checks in (target-group g); api1 exit code 137', /0\.0\.0\.0/],
  ['Essential container in task exited; api1 exit code 137', /increase the memory/],
  ['Essential container in task exited; api1 exit code 1', /last log lines/],
  ['Essential container in task exited', /last log lines/],
])('advice for the message: %s', (text, expected) => {
  const advice = adviceForTasks(text);
  expect(advice).toHaveLength(1);
  expect(advice[0]).toMatch(expected);
});

test('an unknown message leads to no advice', () => {
  expect(adviceForTasks('something new')).toEqual([]);
});

test.each([
  ['Target.Timeout', 'api1 must listen on 0.0.0.0:5000 and answer GET /health within 5 s.'],
  [
    'Target.ResponseCodeMismatch',
    'GET /health must return 200: correct health.path or health.matcher of api1.',
  ],
  [
    'Target.FailedHealthChecks',
    'api1 must listen on 0.0.0.0:5000 and speak HTTP there: connections to it fail.',
  ],
])('advice for the reason %s', (reason, advice) => {
  const [api1] = config().services[0]?.containers ?? [];
  expect(adviceForTargets(api1 as RoutedContainer, `10.0.1.5:5000 is unhealthy, ${reason}`)).toEqual([
    advice,
  ]);
  expect(adviceForTargets(api1 as RoutedContainer, 'Elb.InternalError')).toEqual([]);
});
