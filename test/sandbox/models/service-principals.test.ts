// The service principals that the sandbox's IAM accepts.
import { expect, test } from '@jest/globals';
import { isServicePrincipal } from '../../../sandbox/models/service-principals.ts';
import { awsPartitionFor } from '../../../sandbox/world/partitions.ts';

test.each([
  ['ecs-tasks.amazonaws.com', 'eu-west-1'],
  ['ecs.amazonaws.com', 'eu-west-1'],
  ['vpc-flow-logs.amazonaws.com', 'eu-west-1'],
  ['ecs.application-autoscaling.amazonaws.com', 'eu-west-1'],
  ['delivery.logs.amazonaws.com', 'eu-west-1'],
  ['logs.eu-west-1.amazonaws.com', 'eu-west-1'],
  ['ecs-tasks.amazonaws.com', 'cn-north-1'],
  ['ec2.amazonaws.com.cn', 'cn-north-1'],
  ['logs.cn-north-1.amazonaws.com.cn', 'cn-north-1'],
  ['ecs-tasks.amazonaws.com', 'us-gov-west-1'],
])('%s is a service principal in the partition of %s', (principal, region) => {
  expect(isServicePrincipal(principal, awsPartitionFor(region))).toBe(true);
});

test.each([
  ['foo.amazonaws.com', 'eu-west-1'],
  ['ecs-task.amazonaws.com', 'eu-west-1'],
  ['amazonaws.com', 'eu-west-1'],
  ['.amazonaws.com', 'eu-west-1'],
  ['ecs-tasks', 'eu-west-1'],
  ['ecs-tasks.amazonaws.com.cn', 'eu-west-1'],
  ['logs.moon-west-1.amazonaws.com', 'eu-west-1'],
  ['logs.cn-north-1.amazonaws.com', 'eu-west-1'],
  ['ecs-tasks.example.com', 'eu-west-1'],
  ['constructor.amazonaws.com', 'eu-west-1'],
])('%s is not a service principal in the partition of %s', (principal, region) => {
  expect(isServicePrincipal(principal, awsPartitionFor(region))).toBe(false);
});
