// The facts about a deployment must not contain anything about the previous version.
import {
  DescribeTargetHealthCommand,
  type TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from '@jest/globals';
import { findCause } from '../../../../lib/diagnosis/cause.ts';
import { factGatherer } from '../../../../lib/diagnosis/gather.ts';
import { namesOf } from '../../../../lib/derive/names.ts';
import { config, lookContextOf, mocks, testClock } from '../../step-harness.ts';
import { serviceWith } from './facts.ts';

const TASK_DEFINITION = 'arn:aws:ecs:eu-west-1:111122223333:task-definition/shop-dev-web:2';
const old: TargetHealthDescription = {
  Target: { Id: '10.0.1.9', Port: 5000 },
  TargetHealth: {
    State: 'unhealthy',
    Reason: 'Target.ResponseCodeMismatch',
    Description: 'Health checks failed with these codes: [404]',
  },
};
const gatherer = () =>
  factGatherer(
    { ...lookContextOf(), names: namesOf(config()), clock: testClock() },
    {
      service: serviceWith(),
      taskDefinitionArn: TASK_DEFINITION,
      deploymentId: 'ecs-svc/2',
      targetGroups: new Map([['web-api', { targetGroupArn: 'arn:group' }]]),
    },
  );
const oldTask = {
  taskArn: 'arn:aws:ecs:eu-west-1:111122223333:task/shop-dev/old',
  taskDefinitionArn: TASK_DEFINITION.replace(/2$/, '1'),
  startedBy: 'ecs-svc/1',
  lastStatus: 'RUNNING',
  containers: [{ name: 'api', networkInterfaces: [{ privateIpv4Address: '10.0.1.9' }] }],
};

test('an unhealthy target of the previous version is no fact about a deployment that has no tasks yet', async () => {
  mocks.elbv2.on(DescribeTargetHealthCommand).resolves({ TargetHealthDescriptions: [old] });
  const gather = gatherer();
  for (const tasks of [[oldTask], []]) {
    const facts = await gather({ tasks, targets: new Map([['web-api', [old]]]) });
    expect(findCause(facts)).toBeUndefined();
    expect(facts.targets).toEqual([]);
  }
});
