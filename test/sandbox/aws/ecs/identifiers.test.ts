// Malformed identifiers of clusters, services, tasks and task definitions are refused in ECS's words, not reported as MISSING.
import {
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  StopTaskCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, test } from '@jest/globals';
import { refusalOf } from '../../harness.ts';
import { account, twoContainerTask } from './scene.ts';

const ARN = 'arn:aws:ecs:eu-west-1:000000000000';
const ID = '0123456789abcdef0123456789abcdef';
const SEPARATORS = 'Invalid identifier: Unexpected number of separators';
const OTHER_CLUSTER = 'Invalid identifier: Identifier is for cluster other. Your cluster is main';

describe('the identifier of a task', () => {
  test.each([
    ['nobody', 'taskId length should be one of [32,36]'],
    [`${ARN}:task/main/nobody`, 'taskId length should be one of [32,36]'],
    [`main/${ID}`, SEPARATORS],
    [`${ARN}:task/main/${ID}/more`, SEPARATORS],
    [`${ARN}:task/other/${ID}`, OTHER_CLUSTER],
    [`${ARN}:service/main/web`, 'Unsupported resource type: service'],
    ['arn:aws:iam::000000000000:role/tasks', 'Task Identifier is invalid'],
  ])('%s is refused', async (task, message) => {
    const { ecs } = await account();
    const refusal = { code: 'InvalidParameterException', message };
    const calls = [
      () => ecs.send(new DescribeTasksCommand({ cluster: 'main', tasks: [ID, task] })),
      () => ecs.send(new StopTaskCommand({ cluster: 'main', task })),
    ];
    for (const call of calls) expect(await refusalOf(call())).toEqual(refusal);
  });

  test('is reported as MISSING if it is well-formed but unknown', async () => {
    const { ecs } = await account();
    const tasks = [ID, `${ARN}:task/main/${ID}`, `${ARN}:task/${ID}`];
    const { failures } = await ecs.send(new DescribeTasksCommand({ cluster: 'main', tasks }));
    expect(failures).toEqual(tasks.map(() => ({ arn: `${ARN}:task/main/${ID}`, reason: 'MISSING' })));
  });
});

describe('the identifier of a service', () => {
  test.each([
    [`${ARN}:service/main/web/more`, SEPARATORS],
    [`${ARN}:service/other/web`, OTHER_CLUSTER],
    [`${ARN}:cluster/main`, 'Unsupported resource type: cluster'],
    ['arn:aws:iam::000000000000:role/tasks', 'Service Identifier is invalid'],
    ['my service', 'Service Identifier is invalid'],
  ])('%s is refused', async (service, message) => {
    const { ecs } = await account();
    const refusal = { code: 'InvalidParameterException', message };
    const calls = [
      () => ecs.send(new DescribeServicesCommand({ cluster: 'main', services: [service] })),
      () => ecs.send(new ListTasksCommand({ cluster: 'main', serviceName: service })),
    ];
    for (const call of calls) expect(await refusalOf(call())).toEqual(refusal);
  });

  test('can be an ARN in the old format', async () => {
    const { ecs } = await account();
    const services = [`${ARN}:service/web`];
    const { failures } = await ecs.send(new DescribeServicesCommand({ cluster: 'main', services }));
    expect(failures).toEqual([{ arn: `${ARN}:service/main/web`, reason: 'MISSING' }]);
  });
});

test.each([
  ['my.cluster', 'Cluster must match ^[a-zA-Z0-9\\-_]{1,255}$, but was my.cluster'],
  [`${ARN}:cluster/${ARN}:cluster/main`, SEPARATORS],
  [`${ARN}:service/main/web`, 'Unsupported resource type: service'],
])('the identifier %s of a cluster is refused', async (cluster, message) => {
  const { ecs } = await account();
  const refusal = { code: 'InvalidParameterException', message };
  const calls = [
    () => ecs.send(new DescribeClustersCommand({ clusters: [cluster] })),
    () => ecs.send(new DescribeServicesCommand({ cluster, services: ['web'] })),
  ];
  for (const call of calls) expect(await refusalOf(call())).toEqual(refusal);
});

test.each([
  ['my family', 'ClientException', 'Family contains invalid characters.'],
  ['web:first', 'ClientException', 'Invalid revision number. Number: first'],
  ['web:1:2', 'ClientException', 'Invalid revision number. Number: 1:2'],
  [`${ARN}:cluster/web`, 'InvalidParameterException', 'Unsupported resource type: cluster'],
])('the identifier %s of a task definition is refused', async (taskDefinition, code, message) => {
  const { ecs, role } = await account();
  await ecs.send(new RegisterTaskDefinitionCommand(twoContainerTask(role)));
  const call = ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }));
  expect(await refusalOf(call)).toEqual({ code, message });
});
